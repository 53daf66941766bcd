import type {
  Capability,
  ChangeSetStatus,
  ExecutionStatus,
  OnFailure,
  OnStackFailure,
  ResourceChange,
  ResourceStatus,
  StackStatus,
} from "@aws-sdk/client-cloudformation";
import type { Principal } from "../../emulator/model/context.ts";
import type { EvaluatedOutput } from "./deployment.ts";
import type { Tag } from "./provider.ts";
import type { DeletionPolicy } from "./template/template.ts";
import type { Json } from "./template/value.ts";

/** What a stack is made from, beside its template's text. */
export interface StackSettings {
  readonly parameters: Readonly<Record<string, string>>;
  /** The values behind those of the parameters that name parameters of Systems Manager. */
  readonly resolved?: Readonly<Record<string, string>>;
  /** Names of the parameters with NoEcho: shown as ****. */
  readonly hidden: readonly string[];
  readonly tags: readonly Tag[];
  readonly capabilities: readonly Capability[];
  readonly notificationArns: readonly string[];
  readonly roleArn?: string;
  readonly description?: string;
  readonly outputs: readonly EvaluatedOutput[];
}

/** What is being done to a stack, for as long as its status says IN_PROGRESS. */
export interface StackOperation {
  readonly id: string;
  readonly token?: string;
  /** Whose calls the providers make. */
  readonly principal: Principal;
  /** CREATE_FAILED or UPDATE_FAILED instead of a rollback. */
  readonly disableRollback: boolean;
  readonly onFailure?: OnFailure | OnStackFailure;
  /** Resources that were new are removed by a rollback even where their policy is Retain. */
  readonly retainExceptOnCreate: boolean;
  /** Epoch milliseconds, of TimeoutInMinutes. */
  readonly deadline?: number;
  /** What exists already under a name that the template gives, and is retained, becomes a resource of the stack. */
  readonly importExisting?: boolean;
  /** Logical ids that DeleteStack leaves alone, or that ContinueUpdateRollback skips. */
  readonly skip: readonly string[];
}

export interface StackRecord extends StackSettings {
  readonly stackId: string;
  readonly name: string;
  readonly status: StackStatus;
  readonly statusReason?: string;
  /** Epoch milliseconds. */
  readonly createdAt: number;
  readonly updatedAt?: number;
  readonly deletedAt?: number;
  readonly timeoutInMinutes?: number;
  readonly disableRollback: boolean;
  readonly terminationProtection: boolean;
  readonly changeSetId?: string;
  readonly operation: StackOperation;
  /** What an update that fails goes back to; the template's text is kept beside it. */
  readonly previous?: StackSettings;
}

/** One physical resource, with all that its removal needs. */
export interface Incarnation {
  readonly type: string;
  readonly physicalId: string;
  readonly properties: { readonly [name: string]: Json };
  /** Those of the properties that have dynamic references, as the template gives them. */
  readonly unresolved?: { readonly [name: string]: Json };
  readonly attributes: Readonly<Record<string, Json>>;
  readonly dependencies: readonly string[];
  readonly deletionPolicy: DeletionPolicy;
  readonly updateReplacePolicy: DeletionPolicy;
  readonly metadata?: Json;
}

/** How the present operation changed a resource, and so what a rollback has to do. */
export type Undo =
  | { readonly kind: "created" }
  | { readonly kind: "updated"; readonly before: Incarnation }
  | { readonly kind: "replaced"; readonly before: Incarnation };

export interface ResourceRecord extends Omit<Incarnation, "physicalId"> {
  readonly logicalId: string;
  readonly physicalId?: string;
  readonly status: ResourceStatus;
  readonly reason?: string;
  /** Epoch milliseconds. */
  readonly at: number;
  /** The operation that has brought it to where that operation wants it. */
  readonly settledBy?: string;
  readonly undo?: Undo;
  /**
   * Written before the creation begins, once it is sure that no such resource exists: what is found under this name after
   * a kill -9 is therefore a half-made one of ours.
   */
  readonly attempt?: { readonly name: string; readonly properties: { readonly [name: string]: Json } };
  /** It was there before the present operation made it a resource of the stack: a rollback leaves it alone. */
  readonly imported?: true;
  /** Properties that an update in place is bringing about. */
  readonly pending?: { readonly [name: string]: Json };
  /** Physical resources that others have taken the place of, to be removed by the clean-up. */
  readonly retired: readonly Incarnation[];
}

export interface EventRecord {
  readonly eventId: string;
  readonly logicalId: string;
  readonly physicalId?: string;
  readonly type: string;
  /** Epoch milliseconds. */
  readonly at: number;
  readonly status: string;
  readonly reason?: string;
  readonly properties?: string;
  readonly token?: string;
}

export interface ChangeSetRecord extends Omit<StackSettings, "outputs"> {
  readonly changeSetId: string;
  readonly name: string;
  readonly stackId: string;
  readonly stackName: string;
  readonly type: "CREATE" | "UPDATE";
  readonly status: ChangeSetStatus;
  readonly statusReason?: string;
  readonly executionStatus: ExecutionStatus;
  readonly createdAt: number;
  readonly text?: string;
  readonly changes: readonly ResourceChange[];
  readonly onStackFailure?: OnStackFailure;
  readonly disableRollback?: boolean;
  readonly includeNestedStacks?: boolean;
  readonly importExisting?: boolean;
  readonly token?: string;
}

export interface ExportRecord {
  readonly name: string;
  readonly value: string;
  readonly stackId: string;
}

/** Text without the values of parameters that are not to be shown. */
export function masked(text: string, { parameters, hidden }: Pick<StackSettings, "parameters" | "hidden">): string {
  return hidden
    .map((name) => JSON.stringify(parameters[name] ?? "").slice(1, -1))
    .filter((secret) => secret !== "")
    .reduce((shown, secret) => shown.replaceAll(secret, "****"), text);
}

export const STACK_TYPE = "AWS::CloudFormation::Stack";

export const inProgress = (status: string): boolean =>
  status.endsWith("_IN_PROGRESS") && status !== "REVIEW_IN_PROGRESS";
