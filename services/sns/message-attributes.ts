import { invalidValue } from "./errors.ts";
import type { MessageAttribute } from "./model.ts";

/** As a request gives it. */
export interface GivenAttribute {
  readonly DataType?: string;
  readonly StringValue?: string;
  readonly BinaryValue?: Uint8Array;
}

const TYPE = /^(String|Number|Binary)(\..+)?$/;
const LONGEST_NAME = 256;

/**
 * The attributes of a message in the form in which they are kept.
 * @throws ParameterValueInvalid
 * @see https://docs.aws.amazon.com/sns/latest/dg/sns-message-attributes.html
 */
export function readAttributes(given: Readonly<Record<string, GivenAttribute>>): Record<string, MessageAttribute> {
  return Object.fromEntries(
    Object.entries(given).map(([name, attribute]) => {
      checkName(name);
      return [name, readAttribute(name, attribute)];
    }),
  );
}

function readAttribute(
  name: string,
  { DataType: type = "", StringValue, BinaryValue }: GivenAttribute,
): MessageAttribute {
  const base = TYPE.exec(type)?.[1];
  if (base === undefined) {
    throw invalidValue(
      `The message attribute '${name}' has an invalid message attribute type, the set of supported type prefixes is Binary, Number, and String.`,
    );
  }
  const isBinary = base === "Binary";
  const wanted = isBinary ? BinaryValue : StringValue;
  const other = isBinary ? StringValue : BinaryValue;
  if (wanted === undefined && other !== undefined) {
    throw invalidValue(
      `The message attribute '${name}' with type '${type}' must use field '${isBinary ? "Binary" : "String"}'.`,
    );
  }
  if (wanted === undefined || wanted.length === 0) {
    throw invalidValue(
      `The message attribute '${name}' must contain non-empty message attribute value for message attribute type '${type}'.`,
    );
  }
  const value = typeof wanted === "string" ? wanted : Buffer.from(wanted).toString("base64");
  if (base === "Number" && (value.trim() === "" || !Number.isFinite(Number(value)))) {
    throw invalidValue(`Could not cast message attribute '${name}' value to number.`);
  }
  return { type, value };
}

function checkName(name: string): void {
  if (Buffer.byteLength(name) > LONGEST_NAME) {
    throw invalidValue("Length of message attribute name must be less than 256 bytes.");
  }
  if (name.startsWith(".")) {
    throw invalidValue("Invalid message attribute name starting with character '.' was found.");
  }
  if (name.endsWith(".")) throw invalidValue("Invalid message attribute name ending with character '.' was found.");
  const foreign = /[^A-Za-z0-9_.-]/u.exec(name)?.[0];
  if (foreign !== undefined) {
    const code = (foreign.codePointAt(0) ?? 0).toString(16).toUpperCase();
    throw invalidValue(
      `Invalid non-alphanumeric character '#x${code}' was found in the message attribute name. Can only include alphanumeric characters, hyphens, underscores, or dots.`,
    );
  }
  if (name.includes("..")) throw invalidValue("Message attribute name can not have successive '.' character.");
}

/** Bytes that count towards the limit of a message: names, types and values. */
export const attributesBytes = (attributes: Readonly<Record<string, MessageAttribute>>): number =>
  Object.entries(attributes).reduce((sum, [name, { type, value }]) => {
    const bytes = type.startsWith("Binary") ? Buffer.from(value, "base64").length : Buffer.byteLength(value);
    return sum + Buffer.byteLength(name) + Buffer.byteLength(type) + bytes;
  }, 0);
