import { invalidStreamArn } from "./errors.ts";

const FORM = /^arn:aws:dynamodb:([^:]+):(\d{12}):table\/([a-zA-Z0-9_.-]+)\/stream\/([^/]+)$/;

/** What the ARN of a stream names. */
export interface StreamName {
  readonly account: string;
  readonly region: string;
  readonly tableName: string;
  readonly label: string;
}

/** @throws AwsError ValidationException */
export function parseStreamArn(arn: string): StreamName {
  const [, region, account, tableName, label] = FORM.exec(arn) ?? [];
  if (region === undefined || account === undefined || tableName === undefined || label === undefined) {
    throw invalidStreamArn();
  }
  return { account, region, tableName, label };
}
