import { AwsError } from "../../emulator/model/errors.ts";
import { invalidParameter, resourceArnNotFound, validationError } from "./errors.ts";
import type { Table } from "./model.ts";
import type { DynamoDbStore } from "./store.ts";

export const MOST_TAGS = 50;

const TABLE_ARN = /^arn:aws:dynamodb:([^:]+):(\d+):table\/([^/]{3,})$/;

/** @throws AwsError ValidationException */
export function checkTags(tags: readonly { readonly Key: string }[]): void {
  const seen = new Set<string>();
  for (const { Key } of tags) {
    if (seen.has(Key)) throw invalidParameter(`Duplicate tag key: ${Key}`);
    if (Key.startsWith("aws:")) throw validationError("Tag keys beginning with aws: are reserved for system use");
    seen.add(Key);
  }
  if (seen.size > MOST_TAGS) throw invalidParameter(`Number of tags exceeds the limit of ${MOST_TAGS}`);
}

/**
 * The table whose tags a request names by ARN.
 * @throws AwsError ValidationException, AccessDeniedException, ResourceNotFoundException
 */
export function taggedTable(
  ctx: {
    readonly store: DynamoDbStore;
    readonly account: string;
    readonly region: string;
    readonly principal: { arn: string };
  },
  arn: string,
): Table {
  const [, region, account, name] = TABLE_ARN.exec(arn) ?? [];
  if (name === undefined) throw validationError(`Invalid TableArn: Invalid ResourceArn provided as input ${arn}`);
  if (account !== ctx.account || region !== ctx.region) {
    throw new AwsError(
      { code: "AccessDeniedException", status: 400 },
      `User: ${ctx.principal.arn} is not authorized to access the tags of resource: ${arn}`,
    );
  }
  const table = ctx.store.findTable(name);
  if (table === undefined) throw resourceArnNotFound(arn);
  return table;
}
