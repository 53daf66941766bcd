import { unsupported } from "../../../emulator/model/errors.ts";
import { partition } from "../deployment.ts";
import { resourceChanges } from "../diff.ts";
import { changeSetExists, noExport, stackBusy, stackNotFound, validationError } from "../errors.ts";
import type { CloudFormationContext, Operation } from "../index.ts";
import type { ChangeSetRecord, StackRecord } from "../model.ts";
import {
  changesAnything,
  checkRole,
  checkStackName,
  disableRollbackOf,
  isUpdatable,
  newOperation,
  prepare,
  present,
  refuseUnsupported,
  type Prepared,
} from "../stack-request.ts";
import { templateText } from "../template-source.ts";
import { newStackId } from "./create-stack.ts";

const NO_CHANGES =
  "The submitted information didn't contain changes. Submit different information to create a change set.";

/**
 * Works out what a template would change, without changing it. For a stack that does not exist yet (type CREATE) one is
 * made in REVIEW_IN_PROGRESS.
 * @throws AlreadyExistsException, InsufficientCapabilitiesException, ValidationError
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_CreateChangeSet.html
 */
export const createChangeSet: Operation<"CreateChangeSet"> = async (ctx, input) => {
  refuseUnsupported(input);
  if (input.ChangeSetType === "IMPORT") throw unsupported("Change sets of type IMPORT");
  const type = input.ChangeSetType ?? "UPDATE";
  if (type === "CREATE") checkStackName(input.StackName);
  const given = await templateText(ctx, input);
  checkRole(ctx, input.RoleARN);
  const existing = ctx.store.findStack(input.StackName);
  checkStack(existing, type, input.StackName, input.ChangeSetName);
  if (existing && ctx.store.findChangeSet(input.ChangeSetName, existing.stackId)) {
    throw changeSetExists(input.ChangeSetName);
  }
  if (input.UsePreviousTemplate && given !== undefined) {
    throw validationError("You cannot specify both usePreviousTemplate and Template Body or Template URL.");
  }
  const text = input.UsePreviousTemplate && existing ? ctx.store.template(existing.stackId, "current") : given;
  if (text === undefined) throw validationError("Either Template URL or Template Body must be specified.");

  const stack = existing ?? { name: input.StackName, stackId: newStackId(ctx, input.StackName) };
  const prepared = await prepare(ctx, stack, text, input, type === "UPDATE" ? existing : undefined);
  const updated = type === "UPDATE" ? existing : undefined;
  const missing = prepared.deployment.missingImport();
  const changes = missing === undefined ? resourceChanges(prepared.deployment, updated && present(ctx, updated)) : [];
  const failure =
    missing !== undefined
      ? noExport(missing)
      : updated !== undefined && !changesAnything(ctx, updated, prepared)
        ? NO_CHANGES
        : undefined;
  const uuid = ctx.ids.uuid();
  const changeSet: ChangeSetRecord = {
    ...prepared.settings,
    changeSetId: `arn:${partition(ctx.region)}:cloudformation:${ctx.region}:${ctx.account}:changeSet/${input.ChangeSetName}/${uuid}`,
    name: input.ChangeSetName,
    stackId: stack.stackId,
    stackName: stack.name,
    type,
    status: failure === undefined ? "CREATE_COMPLETE" : "FAILED",
    statusReason: failure,
    executionStatus: failure === undefined ? "AVAILABLE" : "UNAVAILABLE",
    createdAt: ctx.clock.now(),
    text: input.Description,
    changes,
    onStackFailure: input.OnStackFailure,
    disableRollback: disableRollbackOf({ DeploymentConfig: input.DeploymentConfig }),
    importExisting: input.ImportExistingResources ?? false,
    includeNestedStacks: input.IncludeNestedStacks ?? false,
    token: input.ClientToken,
  };
  ctx.store.write(() => {
    if (!existing) reviewStack(ctx, stack, prepared);
    ctx.store.putChangeSet(changeSet);
    ctx.store.putTemplate(stack.stackId, `change-set/${changeSet.name}`, text);
  });
  return { Id: changeSet.changeSetId, StackId: stack.stackId };
};

function checkStack(
  stack: StackRecord | undefined,
  type: "CREATE" | "UPDATE",
  name: string,
  changeSetName: string,
): void {
  if (type === "UPDATE") {
    if (!stack) throw stackNotFound(name);
    if (!isUpdatable(stack)) throw stackBusy(stack.stackId, stack.status, "updated");
  } else if (stack && stack.status !== "REVIEW_IN_PROGRESS") {
    throw validationError(
      `Stack [${stack.name}] already exists and cannot be created again with the changeSet [${changeSetName}].`,
    );
  }
}

/** A stack that has nothing yet but its change sets. */
function reviewStack(
  ctx: CloudFormationContext,
  stack: Pick<StackRecord, "name" | "stackId">,
  prepared: Prepared,
): void {
  ctx.store.putStack({
    ...prepared.settings,
    parameters: {},
    tags: [],
    capabilities: [],
    description: undefined,
    stackId: stack.stackId,
    name: stack.name,
    status: "REVIEW_IN_PROGRESS",
    createdAt: ctx.clock.now(),
    disableRollback: false,
    terminationProtection: false,
    operation: newOperation(ctx, {}),
  });
  ctx.store.setStackStatus(stack.stackId, "REVIEW_IN_PROGRESS", "User Initiated");
}
