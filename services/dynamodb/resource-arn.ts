import { invalidParameter } from "./errors.ts";

const FORM = /^arn:aws:dynamodb:([^:]*):(\d{12}):table\/([a-zA-Z0-9_.-]+)(?:\/stream\/([^/]+))?$/;

/** What has tags, and may have a policy: a table, or the stream of that label of it. */
export interface ResourceArn {
  readonly region: string;
  readonly account: string;
  readonly tableName: string;
  readonly label?: string;
}

/** @throws AwsError ValidationException */
export function parseResourceArn(arn: string): ResourceArn {
  if (!arn.startsWith("arn:")) throw invalidParameter(`ARNs must start with 'arn:': ${arn}`);
  if (arn.split(":")[2] !== "dynamodb") throw invalidParameter(`Provided Arn is not a DynamoDB resource arn: ${arn}`);
  const [, region = "", account = "", tableName, label] = FORM.exec(arn) ?? [];
  if (tableName === undefined) {
    throw invalidParameter(
      `Invalid resource arn provided, only table or stream is accepted. Provided resource arn: ${arn}`,
    );
  }
  return { region, account, tableName, ...(label !== undefined && { label }) };
}
