import { createHash } from "node:crypto";
import type { MessageAttributeValue } from "@aws-sdk/client-sqs";
import { invalidContents, invalidParameter } from "./errors.ts";
import type { AttributeValue, AttributeValues } from "./model.ts";

const MOST_ATTRIBUTES = 10;
const NAME = /^(?!\.)(?!.*\.$)(?!.*\.\.)(?!(?:aws|amazon)\.)[A-Za-z0-9_.-]{1,256}$/i;
const TYPE = /^(String|Number|Binary)(?:\..+)?$/;
/** What XML 1.0 can carry. */
// oxlint-disable-next-line no-control-regex
const CHARACTERS = /^[\u{9}\u{A}\u{D}\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]*$/u;

type Given = Readonly<Record<string, Omit<MessageAttributeValue, "BinaryValue"> & { BinaryValue?: Uint8Array }>>;

export const hasValidCharacters = (text: string): boolean => CHARACTERS.test(text);

/** @throws InvalidParameterValue, InvalidMessageContents */
export function readAttributes(given: Given | undefined): AttributeValues | undefined {
  const entries = Object.entries(given ?? {});
  if (entries.length === 0) return undefined;
  if (entries.length > MOST_ATTRIBUTES) {
    throw invalidParameter(
      `Number of message attributes [${entries.length}] exceeds the allowed maximum [${MOST_ATTRIBUTES}].`,
    );
  }
  return Object.fromEntries(entries.map(([name, value]) => [name, readAttribute(name, value)]));
}

function readAttribute(name: string, value: Given[string]): AttributeValue {
  if (!NAME.test(name)) {
    throw invalidParameter(
      `The message attribute name '${name}' is invalid. Attribute name can contain A-Z, a-z, 0-9, underscore (_), hyphen (-), and period (.) characters.`,
    );
  }
  const { DataType: dataType = "", StringValue: text, BinaryValue: binary } = value;
  if (value.StringListValues?.length || value.BinaryListValues?.length) {
    throw invalidParameter("Message attribute list values in SendMessage operation are not supported.");
  }
  if (dataType === "")
    throw invalidParameter(`The message attribute '${name}' must contain a non-empty message attribute type.`);
  const [, kind] = TYPE.exec(dataType) ?? [];
  if (kind === undefined || dataType.length > 256) {
    throw invalidParameter(
      `The message attribute '${name}' has an invalid message attribute type, the set of supported type prefixes is Binary, Number, and String.`,
    );
  }
  if (kind === "Binary") {
    if (!binary?.byteLength) throw invalidParameter(emptyValue(name, "Binary"));
    return { dataType, binary };
  }
  if (!text) throw invalidParameter(emptyValue(name, kind));
  if (!hasValidCharacters(text)) throw invalidContents();
  if (kind === "Number" && !/^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/.test(text)) {
    throw invalidParameter(`Can't cast the value of message (user) attribute '${name}' to a number.`);
  }
  return { dataType, text };
}

const emptyValue = (name: string, kind: string): string =>
  `Message (user) attribute '${name}' must contain a non-empty value of type '${kind}'.`;

/** Bytes that attributes take of a message's size. */
export const attributeBytes = (attributes: AttributeValues | undefined): number =>
  Object.entries(attributes ?? {}).reduce(
    (sum, [name, { dataType, text, binary }]) =>
      sum +
      Buffer.byteLength(name) +
      Buffer.byteLength(dataType) +
      (binary?.byteLength ?? Buffer.byteLength(text ?? "")),
    0,
  );

/**
 * The MD5 of attributes in hexadecimal digits, as clients compute it to compare.
 * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-message-metadata.html#sqs-attributes-md5-message-digest-calculation
 */
export function md5OfAttributes(attributes: AttributeValues): string {
  const hash = createHash("md5");
  const update = (part: string | Uint8Array) => {
    const bytes = typeof part === "string" ? Buffer.from(part) : part;
    const length = Buffer.alloc(4);
    length.writeUInt32BE(bytes.byteLength);
    hash.update(length).update(bytes);
  };
  for (const name of Object.keys(attributes).toSorted((a, b) => (a < b ? -1 : 1))) {
    const { dataType, text, binary } = attributes[name] as AttributeValue;
    update(name);
    update(dataType);
    hash.update(Uint8Array.of(binary ? 2 : 1));
    update(binary ?? text ?? "");
  }
  return hash.digest("hex");
}

/** The attributes that a receiver asks for: by name, by prefix (`app.*`), or all (`All`, `.*`). */
export function selectAttributes(
  attributes: AttributeValues | undefined,
  names: readonly string[] | undefined,
): AttributeValues | undefined {
  const isAsked = (name: string) =>
    names?.some(
      (asked) =>
        asked === "All" || asked === name || (asked.endsWith("*") && name.startsWith(asked.replace(/\.?\*$/, ""))),
    ) === true;
  const selected = Object.entries(attributes ?? {}).filter(([name]) => isAsked(name));
  return selected.length === 0 ? undefined : Object.fromEntries(selected);
}

export const writeAttributes = (attributes: AttributeValues) =>
  Object.fromEntries(
    Object.entries(attributes).map(([name, { dataType, text, binary }]) => [
      name,
      { DataType: dataType, ...(binary ? { BinaryValue: binary } : { StringValue: text ?? "" }) },
    ]),
  );
