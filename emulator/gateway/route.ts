import type { StaticOperationSchema } from "@smithy/types";
import { operationShape } from "../protocol/shapes.ts";
import type { Service } from "../model/service.ts";
import { hostName } from "./guard.ts";

interface Route {
  readonly operation: string;
  readonly pattern: RegExp;
  readonly labels: readonly string[];
  /** Query parameters (with value, if the URI fixes one) and headers without which it is another operation. */
  readonly queries: readonly (readonly [name: string, value: string])[];
  readonly neededQueries: readonly string[];
  readonly neededHeaders: readonly string[];
  readonly score: number;
}

export interface RoutableRequest {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: Readonly<Record<string, string>>;
}

export interface Routed {
  readonly operation: string;
  readonly labels: Readonly<Record<string, string>>;
}

/** The operations of a REST service by method and URI, compiled from the schemas of its whole SDK package. */
export class RestRouter {
  readonly #byMethod = new Map<string, Routes>();
  readonly #bucketInPath: boolean;

  constructor(service: Service) {
    // S3's schemas have no bucket in their URIs: an endpoint rule of the clients puts it into the path or the host
    this.#bucketInPath = service.name === "s3";
    const compiled = service.schemas.all().map(compileRoute);
    for (const method of new Set(compiled.map((one) => one.method))) {
      const routes = compiled.flatMap((one) => (one.method === method ? [one.route] : []));
      this.#byMethod.set(method, groupRoutes(tellApart(routes).toSorted((a, b) => b.score - a.score)));
    }
  }

  find(request: RoutableRequest): Routed | undefined {
    const { path, bucket } = this.#bucketInPath ? splitBucket(request) : { path: request.path, bucket: undefined };
    for (const route of this.#candidates(request)) {
      if (!matches(route, request)) continue;
      if (this.#bucketInPath && (bucket !== undefined) !== route.labels.includes("Bucket")) continue;
      const match = route.pattern.exec(path);
      if (!match) continue;
      const labels: Record<string, string> = {};
      for (const [index, label] of route.labels.entries()) {
        const text = label === "Bucket" && bucket !== undefined ? bucket : match[index + 1];
        if (text !== undefined) labels[label] = decodeLabel(text);
      }
      return { operation: route.operation, labels };
    }
    return undefined;
  }

  /** Most requests ask for nothing by their query, and most operations of S3 are asked for by it. */
  #candidates({ method, query }: RoutableRequest): readonly Route[] {
    const routes = this.#byMethod.get(method);
    if (!routes) return [];
    for (const name of query.keys()) if (routes.queries.has(name)) return routes.all;
    return routes.withoutQuery;
  }
}

/** The routes of one method, from the most special to the most general. */
interface Routes {
  readonly all: readonly Route[];
  readonly withoutQuery: readonly Route[];
  /** The query parameters that some of them need. */
  readonly queries: ReadonlySet<string>;
}

/** Where only one operation has a URI's query, a request with it and without what it requires is that operation's all the same, and in error. */
function tellApart(routes: readonly Route[]): Route[] {
  const uriOf = ({ pattern, queries, labels }: Route) =>
    `${pattern.source} ${JSON.stringify(queries)} ${labels.includes("Bucket")}`;
  const uris = routes.map(uriOf);
  return routes.map((route, index) => {
    const isShared = uris.some((uri, other) => other !== index && uri === uris[index]);
    return isShared || route.queries.length === 0 ? route : { ...route, neededQueries: [], neededHeaders: [] };
  });
}

function groupRoutes(all: readonly Route[]): Routes {
  const needed = ({ queries, neededQueries }: Route): string[] => [...queries.map(([name]) => name), ...neededQueries];
  return {
    all,
    withoutQuery: all.filter((route) => needed(route).length === 0),
    queries: new Set(all.flatMap(needed)),
  };
}

/** Thrown for a label that is not well-formed percent-encoding. */
export class MalformedUri extends Error {}

function decodeLabel(text: string): string {
  if (!text.includes("%")) return text;
  try {
    return decodeURIComponent(text);
  } catch {
    throw new MalformedUri("Couldn't parse the specified URI.");
  }
}

function matches(route: Route, { query, headers }: RoutableRequest): boolean {
  return (
    route.queries.every(([name, value]) => query.has(name) && (value === "" || query.get(name) === value)) &&
    route.neededQueries.every((name) => query.has(name)) &&
    route.neededHeaders.every((name) => headers[name] !== undefined)
  );
}

function compileRoute(schema: StaticOperationSchema): { method: string; route: Route } {
  const { name, http, input } = operationShape(schema);
  if (!http) throw new Error(`${name} has no HTTP binding`);
  const [path = "/", search = ""] = http.uri.split("?");
  const labels: string[] = [];
  const source = path.replaceAll(/\{(\w+)(\+?)\}/g, (_whole, label: string, greedy: string) => {
    labels.push(label);
    return greedy ? "(.+)" : "([^/]+)";
  });
  const required = input.members.filter((member) => member.required);
  const queries = [...new URLSearchParams(search)].filter(([key]) => key !== "x-id");
  const neededQueries = required.flatMap((member) => member.traits.httpQuery ?? []);
  const neededHeaders = required.flatMap((member) => member.traits.httpHeader?.toLowerCase() ?? []);
  const bucket = input.members.some((member) => member.name === "Bucket" && member.traits.httpLabel) ? ["Bucket"] : [];
  return {
    method: http.method,
    route: {
      operation: name,
      // S3 has keys that are a slash
      pattern: new RegExp(source === "/" ? "^/$" : `^${source}/?$`, "s"),
      labels: [...labels, ...bucket.filter((label) => !labels.includes(label))],
      queries,
      neededQueries,
      neededHeaders,
      score:
        (queries.length + neededQueries.length + neededHeaders.length) * 100 +
        (path.match(/\//g)?.length ?? 0) * 2 +
        bucket.length -
        labels.length,
    },
  };
}

/** Hosts below which a bucket is named: `bucket.s3.localhost`, `bucket.s3.us-east-1.localhost`, `bucket.localhost`, and
 * LocalStack's name for the loopback address in place of `localhost`. */
const BUCKET_HOST = /^(.+?)(?:\.s3(?:[.-][a-z0-9-]+)?)?\.localhost(?:\.localstack\.cloud)?$/;

/** The bucket of a request in virtual-host style. */
export function bucketInHost(request: RoutableRequest): string | undefined {
  const { path, bucket } = splitBucket(request);
  return path === request.path ? bucket : undefined;
}

/** The bucket that a request's host or path names, and the path within it. */
export function splitBucket({ path, headers }: Pick<RoutableRequest, "path" | "headers">): {
  path: string;
  bucket: string | undefined;
} {
  const inHost = BUCKET_HOST.exec(hostName(headers[":authority"] ?? headers["host"] ?? ""))?.[1];
  if (inHost !== undefined && !/^s3([.-][a-z0-9-]+)?$/.test(inHost)) return { path, bucket: inHost };
  const parts = /^\/([^/]+)(\/.*)?$/s.exec(path);
  return parts ? { path: parts[2] ?? "/", bucket: parts[1] } : { path, bucket: undefined };
}
