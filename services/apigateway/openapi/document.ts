import { parse } from "yaml";
import { unsupported } from "../../../emulator/model/errors.ts";
import { badRequest } from "../errors.ts";

/** A member of a document that is an object; empty where it is none. */
export type Node = Readonly<Record<string, unknown>>;

export const isNode = (value: unknown): value is Node =>
  typeof value === "object" && value !== null && !Array.isArray(value);

export const node = (value: unknown): Node => (isNode(value) ? value : {});

export const nodes = (value: unknown): Node[] => (Array.isArray(value) ? value.filter(isNode) : []);

export const text = (value: unknown): string | undefined =>
  typeof value === "string"
    ? value
    : typeof value === "number" || typeof value === "boolean"
      ? String(value)
      : undefined;

export const texts = (value: unknown): string[] =>
  Array.isArray(value) ? value.flatMap((item: unknown) => text(item) ?? []) : [];

/** An object of texts; undefined where there is none. */
export function textMap(value: unknown): Record<string, string> | undefined {
  if (!isNode(value)) return undefined;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, text(item) ?? ""]));
}

/** An OpenAPI 3 or Swagger 2 document. */
export interface OpenApi {
  readonly version: 2 | 3;
  readonly root: Node;
}

/** The extensions that are read; the others are refused by name. */
const EXTENSIONS = new Set(
  [
    "any-method",
    "api-key-source",
    "auth",
    "authorizer",
    "authtype",
    "binary-media-types",
    "endpoint-configuration",
    "gateway-responses",
    "importexport-version",
    "integration",
    "minimum-compression-size",
    "policy",
    "request-validator",
    "request-validators",
  ].map((name) => `x-amazon-apigateway-${name}`),
);

/** Reads JSON or YAML. @throws BadRequestException; unsupported for extensions that are not read */
export function readDocument(body: Uint8Array): OpenApi {
  let root: unknown;
  try {
    root = parse(Buffer.from(body).toString("utf8"));
  } catch {
    throw badRequest("Invalid OpenAPI input.");
  }
  if (!isNode(root)) throw badRequest("Invalid OpenAPI input.");
  const version = text(root["swagger"]) === "2.0" ? 2 : text(root["openapi"])?.startsWith("3.0") ? 3 : undefined;
  if (version === undefined) throw badRequest("Invalid OpenAPI input.");
  refuseUnknownExtensions(root);
  return { version, root };
}

function refuseUnknownExtensions(value: unknown): void {
  if (Array.isArray(value)) return value.forEach(refuseUnknownExtensions);
  for (const [key, member] of Object.entries(node(value))) {
    if (key.startsWith("x-amazon-apigateway-") && !EXTENSIONS.has(key)) throw unsupported(`The extension ${key}`);
    refuseUnknownExtensions(member);
  }
}

/** What a node refers to within the document, or the node itself. */
export function resolve({ root }: OpenApi, value: unknown): Node {
  let found = node(value);
  for (let depth = 0; depth < 16; depth++) {
    const reference = text(found["$ref"]);
    if (reference === undefined || !reference.startsWith("#/")) return found;
    const path = reference.slice(2).split("/");
    found = path.reduce<Node>((at, name) => node(at[name.replaceAll("~1", "/").replaceAll("~0", "~")]), root);
  }
  throw badRequest("Invalid OpenAPI input.");
}

/** Where the document keeps what its parts refer to: schemas, security schemes. */
export const schemasOf = ({ version, root }: OpenApi): Node =>
  node(version === 2 ? root["definitions"] : node(root["components"])["schemas"]);

export const securitySchemesOf = ({ version, root }: OpenApi): Node =>
  node(version === 2 ? root["securityDefinitions"] : node(root["components"])["securitySchemes"]);
