import { Deployment, type DeploymentInput } from "./deployment.ts";
import type { StackRecord, StackSettings } from "./model.ts";
import { resourceProvider } from "./resource-types.ts";
import type { CloudFormationStore, Scope } from "./store.ts";
import { readTemplate, type Template } from "./template/template.ts";

/** A stack's present template with its present parameters. */
export function deploymentOf(store: CloudFormationStore, scope: Scope, stack: StackRecord): Deployment {
  const template = readTemplate(store.template(stack.stackId, "current") ?? "");
  return newDeployment(store, scope, stack, template, stack);
}

export function newDeployment(
  store: CloudFormationStore,
  scope: Scope,
  stack: Pick<StackRecord, "name" | "stackId">,
  template: Template,
  settings: Pick<StackSettings, "parameters" | "resolved" | "tags" | "notificationArns">,
): Deployment {
  const input: DeploymentInput = {
    ...scope,
    template,
    parameters: settings.parameters,
    resolved: settings.resolved ?? {},
    tags: settings.tags,
    notificationArns: settings.notificationArns,
    stackName: stack.name,
    stackId: stack.stackId,
    provider: resourceProvider,
    exported: (name) => store.exported(name)?.value,
  };
  return new Deployment(input);
}
