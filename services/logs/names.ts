import type { Context } from "../../emulator/model/context.ts";
import { invalidParameter } from "./errors.ts";

const ARN = /^arn:aws:logs:[^:]+:\d{12}:log-group:([^:]+)(?::\*)?$/;

/** The ARN that IAM policies and DescribeLogGroups' `arn` use ends with `:*`; `logGroupArn` does not. */
export const groupArn = ({ account, region }: Pick<Context, "account" | "region">, name: string): string =>
  `arn:aws:logs:${region}:${account}:log-group:${name}`;

/** A group by its name or by its name-or-ARN, of which exactly one may be given. */
export function groupName(name: string | undefined, identifier: string | undefined): string {
  if ((name === undefined) === (identifier === undefined)) {
    throw invalidParameter("Exactly one of logGroupName or logGroupIdentifier must be specified.");
  }
  return name ?? nameOfArn(identifier ?? "");
}

export const nameOfArn = (identifier: string): string => ARN.exec(identifier)?.[1] ?? identifier;
