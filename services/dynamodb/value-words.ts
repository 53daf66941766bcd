import type { AwsError } from "../../emulator/model/errors.ts";
import { invalidParameter, MalformedValue, validationError } from "./errors.ts";
import { NO_NUMBER } from "./number.ts";
import { stringSet } from "./set-order.ts";

type SetType = "SS" | "NS" | "BS";

/** AWS checks the values and expressions of requests in one of two ways, which word the same problem differently. */
export interface ValueWords {
  readonly emptyNumber: string;
  /** Of a set that has a member twice. */
  duplicates(type: SetType, members: readonly string[]): AwsError;
  /** Of an entry of ExpressionAttributeValues, whose own problem is `error`. */
  expressionValue(key: string, error: AwsError): AwsError;
  expressionTooLong(bytes: number): string;
}

const TOO_LONG = "Expression size has exceeded the maximum allowed size;";

function underKey(key: string, error: AwsError): AwsError {
  const message = `ExpressionAttributeValues contains invalid value: ${error.message} for key ${key}`;
  return error instanceof MalformedValue ? new MalformedValue(message, error.isCounted) : validationError(message);
}

const duplicates = (list: string, type: SetType): AwsError =>
  invalidParameter(`Input collection [${list}]${type === "BS" ? "of type BS" : ""} contains duplicates.`);

/** Those of BatchWriteItem, transactions and PartiQL. */
export const EARLIER_WORDS: ValueWords = {
  emptyNumber: NO_NUMBER,
  duplicates: (type, members) =>
    type === "NS" ? validationError("Input collection contains duplicates") : duplicates(members.join(", "), type),
  expressionValue: underKey,
  expressionTooLong: (bytes) => `${TOO_LONG} expression size: ${bytes}`,
};

/** Those of the operations that AWS has moved to its later checks: on one item, BatchGetItem, Query and Scan. */
export const LATER_WORDS: ValueWords = {
  emptyNumber: `${NO_NUMBER}: `,
  duplicates: (type, members) => {
    if (type === "NS") return invalidParameter("Input collection contains duplicates.");
    return duplicates(
      asRead(members)
        .map((member) => JSON.stringify(member))
        .join(type === "BS" ? "," : ", "),
      type,
    );
  },
  expressionValue: (key, error) => (error instanceof MalformedValue ? underKey(key, error) : error),
  expressionTooLong: () => TOO_LONG,
};

/** The members as AWS lists them: in order what it had read when it found one again, that one, and the rest as it came. */
function asRead(members: readonly string[]): readonly string[] {
  const seen = new Set<string>();
  const again = members.findIndex((member) => seen.size === seen.add(member).size);
  return [...stringSet(members.slice(0, again)).SS, ...members.slice(again)];
}
