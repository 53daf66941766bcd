import { XmlCodec } from "@aws-sdk/core/protocols";
import type { Shape, StructureShape } from "./shapes.ts";

/** XML by the SDK's own codec, which takes its schemas. */
function codec(namespace: string): XmlCodec {
  const made = new XmlCodec({
    timestampFormat: { useTrait: true, default: 5 },
    httpBindings: false,
    xmlNamespace: namespace,
    serviceNamespace: namespace,
  });
  made.setSerdeContext({
    base64Encoder: (bytes: Uint8Array | string) => Buffer.from(bytes as Uint8Array).toString("base64"),
    base64Decoder: (text: string) => Buffer.from(text, "base64"),
    utf8Encoder: (bytes: Uint8Array | string) =>
      typeof bytes === "string" ? bytes : Buffer.from(bytes).toString("utf8"),
    utf8Decoder: (text: string) => Buffer.from(text, "utf8"),
  } as never);
  return made;
}

export function readXml(shape: StructureShape, body: Uint8Array, namespace: string): Promise<Record<string, unknown>> {
  return Promise.resolve(
    codec(namespace)
      .createDeserializer()
      .read(shape.schema as never, body) as Record<string, unknown>,
  );
}

export function writeXml(shape: StructureShape, value: object, namespace: string): string {
  if (isUnwrapped(shape)) return writeUnwrapped(shape, value, namespace);
  const serializer = codec(namespace).createSerializer();
  serializer.write(shape.schema as never, value);
  return serializer.flush() as string;
}

/**
 * Whether the document is the only member itself: S3's trait s3UnwrappedXmlOutput, which the SDK's schemas do not carry, and which leaves
 * the root and the member with one name.
 */
const isUnwrapped = ({ members, traits }: StructureShape): boolean =>
  members.length === 1 && members[0]?.name === traits.xmlName;

function writeUnwrapped({ traits }: StructureShape, value: object, namespace: string): string {
  const name = traits.xmlName as string;
  const text = (value as Readonly<Record<string, string | undefined>>)[name] ?? "";
  return `<${name} xmlns="${namespace}">${escapeXml(text)}</${name}>`;
}

/** Writes the milliseconds of whole seconds, which the SDK's codec leaves out and S3 does not, in documents of a shape. */
export function millisecondsOf(shape: StructureShape): (document: string) => string {
  const elements = new Set<string>();
  collectTimes(shape, "", elements, new Set());
  if (elements.size === 0) return (document) => document;
  const whole = new RegExp(`(<(${[...elements].join("|")})>[\\d-]+T\\d\\d:\\d\\d:\\d\\d)Z(?=</\\2>)`, "g");
  return (document) => document.replace(whole, "$1.000Z");
}

/** The names of the elements that are times. */
function collectTimes(shape: Shape, element: string, into: Set<string>, seen: Set<Shape>): void {
  if (shape.kind === "timestamp") into.add(element);
  if (seen.has(shape)) return;
  seen.add(shape);
  if (shape.kind === "list") collectTimes(shape.element(), shape.elementTraits.xmlName ?? "member", into, seen);
  if (shape.kind !== "structure") return;
  for (const { name, traits, shape: of } of shape.members) collectTimes(of(), traits.xmlName ?? name, into, seen);
}

/** The content of the document's root element, for protocols that wrap it in another. */
export const innerXml = (document: string): string =>
  /^<[^>]*\/>$/.test(document) ? "" : document.replace(/^<[^>]+>/, "").replace(/<\/[^>]+>$/, "");

const ESCAPES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&apos;",
};

/** Text for an element; characters that XML 1.0 cannot carry are replaced. */
export const escapeXml = (text: string): string =>
  text
    // eslint-disable-next-line no-control-regex
    .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, "\ufffd")
    .replace(/[&<>"']/g, (character) => ESCAPES[character] ?? character);
