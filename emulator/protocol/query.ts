import { AwsError, type CommonError } from "../model/errors.ts";
import { byName } from "../runtime/by-name.ts";
import type { Shape, StructureShape } from "./shapes.ts";

/** The parameters of a form as a tree: `Tags.member.1.Key=a` stands at Tags > member > 1 > Key. */
interface Node {
  text?: string;
  readonly children: Map<string, Node>;
}

interface QueryOptions {
  /** Of what cannot be read. */
  readonly error: CommonError;
  /** Names of the members that are doubles, see Service. */
  readonly doubles?: readonly string[] | undefined;
}

/** How deep a parameter name may be nested; AWS's deepest is far below. */
const DEEPEST = 32;

/**
 * Reads an awsQuery form by its structure's schema. The SDK has the writer of this format only.
 * @see https://smithy.io/2.0/aws/protocols/aws-query-protocol.html
 */
export function readQueryForm(
  shape: StructureShape,
  form: URLSearchParams,
  options: QueryOptions,
): Record<string, unknown> {
  const root: Node = { children: new Map() };
  for (const [name, text] of form) {
    const parts = name.split(".");
    if (parts.length > DEEPEST)
      throw new AwsError(options.error, `Parameter ${name.slice(0, 100)} is nested too deeply`);
    let node = root;
    for (const part of parts) {
      let next = node.children.get(part);
      if (!next) node.children.set(part, (next = { children: new Map() }));
      node = next;
    }
    node.text = text;
  }
  return readStructure(shape, root, options);
}

function readStructure(shape: StructureShape, node: Node, options: QueryOptions): Record<string, unknown> {
  const out: Record<string, unknown> = {};
  for (const member of shape.members) {
    const child = node.children.get(member.traits.xmlName ?? member.name);
    if (child) out[member.name] = read(member.shape(), child, member.name, options);
  }
  return out;
}

function read(shape: Shape, node: Node, name: string, options: QueryOptions): unknown {
  const malformed = (message: string) => new AwsError(options.error, message);
  switch (shape.kind) {
    case "structure":
      return readStructure(shape, node, options);
    case "list": {
      const items = shape.traits.xmlFlattened ? node : node.children.get(shape.elementTraits.xmlName ?? "member");
      return numbered(items).map((item) => read(shape.element(), item, name, options));
    }
    case "map": {
      const entries = numbered(shape.traits.xmlFlattened ? node : node.children.get("entry"));
      const out = byName<unknown>();
      for (const entry of entries) {
        const key = entry.children.get(shape.keyTraits.xmlName ?? "key")?.text;
        const value = entry.children.get(shape.valueTraits.xmlName ?? "value");
        if (key === undefined || !value) throw malformed(`Parameter ${name} has an entry without key or value`);
        out[key] = read(shape.value(), value, name, options);
      }
      return out;
    }
    default:
      if (node.text === undefined) throw malformed(`Unexpected complex element for parameter ${name}`);
      if (shape.kind === "number" && /^(NaN|-?Infinity)$/.test(node.text) && options.doubles?.includes(name)) {
        return Number(node.text);
      }
      return readText(shape.kind, node.text, () => malformed(`Invalid value for parameter ${name}: ${node.text}`));
  }
}

function readText(kind: string, text: string, malformed: () => AwsError): unknown {
  switch (kind) {
    case "boolean":
      if (text !== "true" && text !== "false") throw malformed();
      return text === "true";
    case "number": {
      const value = Number(text);
      if (text.trim() === "" || !Number.isFinite(value)) throw malformed();
      return value;
    }
    case "timestamp": {
      const date = new Date(/^\d+(\.\d+)?$/.test(text) ? Number(text) * 1000 : text);
      if (Number.isNaN(date.getTime())) throw malformed();
      return date;
    }
    case "blob":
      return Buffer.from(text, "base64");
    default:
      return text;
  }
}

/** The children 1, 2, 3, ... in order; AWS ignores gaps in the numbers. */
function numbered(node: Node | undefined): Node[] {
  return [...(node?.children ?? [])]
    .filter(([key]) => /^\d{1,6}$/.test(key))
    .toSorted(([a], [b]) => Number(a) - Number(b))
    .map(([, child]) => child);
}
