import type { Context } from "../../emulator/model/context.ts";
import {
  invalidParameter,
  policyNotFound,
  streamOfTableNotFound,
  tableInUse,
  tableNotFound,
  validationError,
} from "./errors.ts";
import type { DynamoDbState } from "./index.ts";
import { parseResourceArn } from "./resource-arn.ts";
import type { ResourcePolicy } from "./resource-policies.ts";

type DynamoDbContext = Context<DynamoDbState>;

/**
 * Looks for the table or the stream that a policy is of.
 * @throws AwsError ValidationException, ResourceNotFoundException, ResourceInUseException while the table is being changed
 */
export function requirePolicyResource(ctx: DynamoDbContext, arn: string, isChange: boolean): void {
  const { region, account, tableName: name, label } = parseResourceArn(arn);
  if (region !== ctx.region) throw invalidParameter(`Invalid resource Arn: ${arn}`);
  if (account !== ctx.account) {
    throw validationError("This action is only supported by accounts that match the resource owner’s account.");
  }
  if (label !== undefined) {
    if (ctx.store.streams.find(name, label) === undefined) throw streamOfTableNotFound(label, name);
    return;
  }
  const table = ctx.store.findTable(name);
  if (table === undefined) throw tableNotFound(name);
  if (isChange && table.status !== "ACTIVE") throw tableInUse(name, table.status);
}

/** The policy of a resource, as long as it is the one that the caller expects. @throws AwsError PolicyNotFoundException */
export function expectedPolicy(
  ctx: DynamoDbContext,
  arn: string,
  expectedRevisionId: string | undefined,
): ResourcePolicy | undefined {
  const policy = ctx.store.policies.get(arn);
  const table = arn.split("/")[1] ?? "";
  if (expectedRevisionId === undefined || expectedRevisionId === policy?.revisionId) return policy;
  if (expectedRevisionId !== "NO_POLICY") {
    throw policyNotFound(
      `Requested update for policy with revision id ${expectedRevisionId}, but the policy associated to target table ` +
        `${table} has revision id ${policy?.revisionId ?? "none"}.`,
    );
  }
  if (policy === undefined) return undefined;
  throw policyNotFound(
    `Requested policy update expecting none to be present for table ${table}, but a policy exists with revision id ` +
      `${policy.revisionId}.`,
  );
}
