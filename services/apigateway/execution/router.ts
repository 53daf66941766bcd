import type { Resource } from "../model.ts";
import { decode } from "./address.ts";

interface Node {
  readonly literals: Map<string, Node>;
  parameter?: { readonly name: string; readonly node: Node };
  /** `{proxy+}` */
  greedy?: { readonly name: string; readonly resource: Resource };
  resource?: Resource;
}

export interface Routed {
  readonly resource: Resource;
  /** Still percent-encoded. */
  readonly pathParameters: Readonly<Record<string, string>>;
}

const newNode = (): Node => ({ literals: new Map() });

/** The resources of an API by path. A literal part goes before `{parameter}`, and that before `{greedy+}`. */
export class Router {
  readonly #root = newNode();

  constructor(resources: Iterable<Resource>) {
    for (const resource of resources) {
      // a resource without methods only leads to others
      if (Object.keys(resource.methods).length > 0) this.#add(resource);
    }
  }

  #add(resource: Resource): void {
    let node = this.#root;
    for (const part of segments(resource.path)) {
      const [, name = "", greedy] = /^\{(.+?)(\+?)\}$/.exec(part) ?? [];
      if (name === "") {
        const next = node.literals.get(part) ?? newNode();
        node.literals.set(part, next);
        node = next;
      } else if (greedy) {
        node.greedy = { name, resource };
        return;
      } else {
        node.parameter ??= { name, node: newNode() };
        node = node.parameter.node;
      }
    }
    node.resource = resource;
  }

  /** @param path percent-encoded; a slash at its end does not matter */
  find(path: string): Routed | undefined {
    const parts = segments(path);
    const parameters: Record<string, string> = {};
    const resource = match(this.#root, parts, 0, parameters);
    return resource && { resource, pathParameters: parameters };
  }
}

const segments = (path: string): string[] => {
  const bare = path.replace(/^\/+/, "").replace(/\/+$/, "");
  return bare === "" ? [] : bare.split("/");
};

function match(
  node: Node,
  parts: readonly string[],
  at: number,
  parameters: Record<string, string>,
): Resource | undefined {
  const part = parts[at];
  if (part === undefined) return node.resource;
  const literal = node.literals.get(part) ?? node.literals.get(decode(part));
  const found = literal && match(literal, parts, at + 1, parameters);
  if (found) return found;
  if (node.parameter && part !== "") {
    const below = match(node.parameter.node, parts, at + 1, parameters);
    if (below) {
      parameters[node.parameter.name] = part;
      return below;
    }
  }
  if (!node.greedy) return undefined;
  parameters[node.greedy.name] = parts.slice(at).join("/");
  return node.greedy.resource;
}
