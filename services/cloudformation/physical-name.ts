import type { Ids } from "../../emulator/runtime/ids.ts";
import type { NameRule } from "./provider.ts";

const RANDOM_LENGTH = 12;
const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";

/**
 * A name as CloudFormation makes it: Stack-LogicalId-RANDOM, the first two cut alike to fit the type's limit.
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-properties-name.html
 */
export function physicalName(ids: Ids, rule: NameRule, stackName: string, logicalId: string): string {
  const random = Array.from({ length: RANDOM_LENGTH }, () => ALPHABET[ids.integer(ALPHABET.length)]).join("");
  const room = rule.maxLength - RANDOM_LENGTH - 2;
  const half = Math.floor(room / 2);
  const stackRoom = Math.max(half, room - logicalId.length);
  const stackPart = stackName.slice(0, stackRoom);
  const logicalPart = logicalId.slice(0, room - stackPart.length);
  const name = `${stackPart}-${logicalPart}-${random}`;
  return rule.lowerCase ? name.toLowerCase() : name;
}
