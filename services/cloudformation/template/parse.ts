import { isCollection, isMap, isScalar, LineCounter, parseDocument, visit, type Node } from "yaml";
import { templateFormatError, templateError } from "../errors.ts";
import { isJsonObject, type Json, type JsonObject } from "./value.ts";

/** Functions that have a short form in YAML; !Ref and !Condition keep their bare name. */
// oxfmt-ignore
const SHORT_FORMS = [
  "And", "Base64", "Cidr", "Equals", "FindInMap", "GetAZs", "GetAtt", "If", "ImportValue", "Join", "Length", "Not",
  "Or", "Select", "Split", "Sub", "ToJsonString", "Transform",
];

const longForm = (tag: string): string =>
  tag === "!Ref" || tag === "!Condition" ? tag.slice(1) : `Fn::${tag.slice(1)}`;

const SHORT_TAGS = new Set<string>(["!Ref", "!Condition", ...SHORT_FORMS.map((name) => `!${name}`)]);

/** YAML 1.1 reads dates as times; CloudFormation keeps them as text. */
const LEFT_OUT = new Set(["timestamp", "binary", "omap", "pairs", "set", "merge", "intTime", "floatTime"]);

/** The body of a template, JSON or YAML with its short forms written out, as plain JSON. */
export function parseTemplate(body: string): JsonObject {
  let value: Json;
  try {
    value = looksLikeJson(body) ? parseJson(body) : parseYaml(body);
  } catch (error) {
    if (error instanceof RangeError) throw tooDeep();
    throw error;
  }
  if (!isJsonObject(value)) throw templateFormatError("unsupported structure.");
  checkNodes(value, "", 0);
  return value;
}

/** How deep a template may be nested: all that walks over it is recursive. */
const DEEPEST = 100;

const tooDeep = () => templateFormatError("unsupported structure. The template is nested too deeply.");

function looksLikeJson(body: string): boolean {
  return /^\s*\{\s*("|\})/.test(body);
}

function parseJson(body: string): Json {
  try {
    return JSON.parse(body) as Json;
  } catch (error) {
    // flow-style YAML may begin with a quoted key as well
    const flow = parseDocument(body, { version: "1.1" });
    if (flow.errors.length === 0 && /[!#]/.test(body)) return parseYaml(body);
    const position = Number(/position (\d+)/.exec(String(error))?.[1] ?? body.length);
    const before = body.slice(0, position).split("\n");
    throw templateFormatError(
      `JSON not well-formed. (line ${before.length}, column ${(before.at(-1)?.length ?? 0) + 1})`,
    );
  }
}

function parseYaml(body: string): Json {
  const lines = new LineCounter();
  const parsed = parseDocument(body, {
    version: "1.1",
    schema: "yaml-1.1",
    merge: false,
    lineCounter: lines,
    uniqueKeys: (a, b) => isScalar(a) && isScalar(b) && String(a.source ?? a.value) === String(b.source ?? b.value),
    customTags: (tags) => tags.filter((tag) => typeof tag === "string" || !LEFT_OUT.has(tagName(tag))),
    logLevel: "silent",
  });
  const error = parsed.errors[0];
  if (error) {
    const { line, col } = lines.linePos(error.pos[0]);
    throw templateFormatError(`YAML not well-formed. (line ${line}, column ${col})`);
  }
  visit(parsed, {
    Alias() {
      throw templateError("YAML aliases are not allowed in CloudFormation templates");
    },
    Node(_key, node) {
      const { tag } = node;
      if (tag?.startsWith("!") && !SHORT_TAGS.has(tag)) {
        throw templateFormatError(`YAML not well-formed. Unknown tag ${tag}.`);
      }
    },
  });
  return toJson(parsed.contents);
}

/** `tag:yaml.org,2002:timestamp` is timestamp; the numbers of base 60 share their tag with others and go by format. */
function tagName(tag: { tag: string; format?: string }): string {
  const name = tag.tag.slice(tag.tag.lastIndexOf(":") + 1);
  return tag.format === "TIME" ? `${name}Time` : name;
}

function toJson(node: Node | null): Json {
  if (node === null) return null;
  const value = bare(node);
  const { tag } = node;
  if (tag === undefined || !SHORT_TAGS.has(tag)) return value;
  // !GetAtt Stream.Arn: the name ends at the first dot, the attribute may have more of them
  if (tag === "!GetAtt" && typeof value === "string") {
    const dot = value.indexOf(".");
    return { "Fn::GetAtt": dot < 0 ? [value] : [value.slice(0, dot), value.slice(dot + 1)] };
  }
  return { [longForm(tag)]: value };
}

function bare(node: Node): Json {
  if (isScalar(node)) {
    const { value, source } = node;
    if (value === null || typeof value === "string") return value;
    // y and n are words of YAML 1.1's booleans that CloudFormation does not take for such
    if (typeof value === "boolean") return source?.length === 1 ? source : value;
    // an id such as 012345678901 or a version such as 1.10 keeps its digits
    if (typeof value === "number") return keepsItsText(value, source) ? value : (source ?? value);
    return source ?? String(value);
  }
  if (!isCollection(node)) return null;
  if (!isMap(node)) return (node.items as (Node | null)[]).map(toJson);
  const pairs = node.items as unknown as { key: Node; value: Node | null }[];
  return Object.fromEntries(
    pairs.map(({ key, value }) => [isScalar(key) ? String(key.source ?? key.value) : String(key), toJson(value)]),
  );
}

const keepsItsText = (value: number, source: string | undefined): boolean =>
  source === undefined || String(value) === source;

function checkNodes(value: Json, path: string, depth: number): void {
  if (value === null) throw templateFormatError(`[${path}] 'null' values are not allowed in templates`);
  if (typeof value !== "object") return;
  if (depth > DEEPEST) throw tooDeep();
  for (const [key, inner] of Object.entries(value)) checkNodes(inner, `${path}/${key}`, depth + 1);
}
