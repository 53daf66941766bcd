import * as sdk from "@aws-sdk/client-cloudformation";
import { defineService, type Operation as ServiceOperation } from "../../emulator/model/service.ts";
import type { Context } from "../../emulator/model/context.ts";
import type { OperationName } from "../../emulator/model/sdk.ts";
import { access } from "./access.ts";
import { CloudFormationEngine } from "./engine/engine.ts";
import { VALIDATION_ERROR } from "./errors.ts";
import { constraints } from "./constraints.ts";
import { cancelUpdateStack } from "./operations/cancel-update-stack.ts";
import { continueUpdateRollback } from "./operations/continue-update-rollback.ts";
import { createChangeSet } from "./operations/create-change-set.ts";
import { createStack } from "./operations/create-stack.ts";
import { deleteChangeSet } from "./operations/delete-change-set.ts";
import { deleteStack } from "./operations/delete-stack.ts";
import { describeChangeSet } from "./operations/describe-change-set.ts";
import { describeStackEvents } from "./operations/describe-stack-events.ts";
import { describeStackResource } from "./operations/describe-stack-resource.ts";
import { describeStackResources } from "./operations/describe-stack-resources.ts";
import { describeStacks } from "./operations/describe-stacks.ts";
import { executeChangeSet } from "./operations/execute-change-set.ts";
import { getTemplate } from "./operations/get-template.ts";
import { getTemplateSummary } from "./operations/get-template-summary.ts";
import { listChangeSets } from "./operations/list-change-sets.ts";
import { listExports } from "./operations/list-exports.ts";
import { listImports } from "./operations/list-imports.ts";
import { listStackResources } from "./operations/list-stack-resources.ts";
import { listStacks } from "./operations/list-stacks.ts";
import { rollbackStack } from "./operations/rollback-stack.ts";
import { updateStack } from "./operations/update-stack.ts";
import { updateTerminationProtection } from "./operations/update-termination-protection.ts";
import { validateTemplate } from "./operations/validate-template.ts";
import { CloudFormationStore } from "./store.ts";

export interface CloudFormationState {
  store: CloudFormationStore;
  engine: CloudFormationEngine;
}

export type CloudFormationContext = Context<CloudFormationState>;

export type Operation<N extends OperationName<"cloudformation">> = ServiceOperation<
  "cloudformation",
  N,
  CloudFormationState
>;

export const cloudformation = defineService<"cloudformation", CloudFormationState>({
  name: "cloudformation",
  protocol: "query",
  version: "2010-05-15",
  xmlNamespace: "http://cloudformation.amazonaws.com/doc/2010-05-15/",
  sdk,
  constraints,
  validationError: VALIDATION_ERROR,
  access,
  store: (host, scope) => new CloudFormationStore(host, scope),
  engine: (host) => new CloudFormationEngine(host),
  refuses: {
    "*": ["DisableValidation"],
    ContinueUpdateRollback: ["ForceRollback"],
    GetTemplateSummary: ["StackSetName", "CallAs", "TemplateSummaryConfig"],
  },
  operations: {
    CancelUpdateStack: cancelUpdateStack,
    ContinueUpdateRollback: continueUpdateRollback,
    CreateChangeSet: createChangeSet,
    CreateStack: createStack,
    DeleteChangeSet: deleteChangeSet,
    DeleteStack: deleteStack,
    DescribeChangeSet: describeChangeSet,
    DescribeStackEvents: describeStackEvents,
    DescribeStackResource: describeStackResource,
    DescribeStackResources: describeStackResources,
    DescribeStacks: describeStacks,
    ExecuteChangeSet: executeChangeSet,
    GetTemplate: getTemplate,
    GetTemplateSummary: getTemplateSummary,
    ListChangeSets: listChangeSets,
    ListExports: listExports,
    ListImports: listImports,
    ListStackResources: listStackResources,
    ListStacks: listStacks,
    RollbackStack: rollbackStack,
    UpdateStack: updateStack,
    UpdateTerminationProtection: updateTerminationProtection,
    ValidateTemplate: validateTemplate,
  },
});
