import { existsSync, readdirSync, readFileSync } from "node:fs";
import { SourceMap, type SourceMapping, type SourceMapPayload } from "node:module";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** What `node --cpu-prof` writes. */
interface CpuProfile {
  readonly nodes: readonly ProfileNode[];
  /** Microseconds of the system's monotonic clock, which `process.hrtime` of any process gives as well. */
  readonly startTime: number;
  readonly samples: readonly number[];
  readonly timeDeltas: readonly number[];
}

interface ProfileNode {
  readonly id: number;
  readonly callFrame: {
    readonly functionName: string;
    readonly url: string;
    readonly lineNumber: number;
    readonly columnNumber: number;
  };
  readonly children?: readonly number[];
}

export const monotonicUs = (): number => Number(process.hrtime.bigint() / 1000n);

/** Sources of the evaluation of policies. */
export const EVALUATION = /emulator\/authorization\//;

const NOT_BUSY = new Set(["(idle)", "(program)"]);

/**
 * Of the time in which the main thread of a profiled process was busy with JavaScript, between two times of `monotonicUs`, the
 * share that was spent in functions of the sources that `path` matches, and in what they call.
 */
export function busyShare(folder: string, path: RegExp, fromUs: number, toUs: number): number {
  const { nodes, startTime, samples, timeDeltas } = mainThreadOf(folder);
  const parents = new Map(nodes.flatMap(({ id, children = [] }) => children.map((child) => [child, id])));
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const sources = new Sources();
  const inside = (id: number | undefined): boolean =>
    id !== undefined && (path.test(sources.of(byId.get(id)!)) || inside(parents.get(id)));
  const isInside = new Map(nodes.map(({ id }) => [id, inside(id)]));
  let [busy, found, atUs] = [0, 0, startTime];
  for (const [index, id] of samples.entries()) {
    const delta = timeDeltas[index]!;
    atUs += delta;
    if (atUs < fromUs || atUs > toUs || NOT_BUSY.has(byId.get(id)!.callFrame.functionName)) continue;
    busy += delta;
    if (isInside.get(id)) found += delta;
  }
  if (busy === 0) throw new Error("the profile has no sample of that time");
  return found / busy;
}

export interface SelfTime {
  readonly name: string;
  /** Of the time in which the main thread was not idle. */
  readonly share: number;
}

/** The functions in which a profiled process itself spent most of its time. */
export function topSelfTimes(folder: string, count: number): readonly SelfTime[] {
  const { nodes, samples, timeDeltas } = mainThreadOf(folder);
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const sources = new Sources();
  const times = new Map<string, number>();
  let sum = 0;
  for (const [index, id] of samples.entries()) {
    const node = byId.get(id)!;
    const { functionName, url } = node.callFrame;
    if (functionName === "(idle)") continue;
    const place = url === "" ? "" : ` ${sources.place(node)}`;
    const name = `${functionName || "(anonymous)"}${place}`;
    times.set(name, (times.get(name) ?? 0) + timeDeltas[index]!);
    sum += timeDeltas[index]!;
  }
  return [...times]
    .toSorted(([, a], [, b]) => b - a)
    .slice(0, count)
    .map(([name, us]) => ({ name, share: us / sum }));
}

/** Where functions come from: bundles say it in their source maps. */
class Sources {
  readonly #maps = new Map<string, SourceMap | undefined>();

  of(node: ProfileNode): string {
    return this.#origin(node)?.originalSource ?? node.callFrame.url;
  }

  /** The end of the path, and the line. */
  place(node: ProfileNode): string {
    const line = (this.#origin(node)?.originalLine ?? node.callFrame.lineNumber) + 1;
    return `${this.of(node).split("/").slice(-2).join("/")}:${line}`;
  }

  #origin({ callFrame: { url, lineNumber, columnNumber } }: ProfileNode): SourceMapping | undefined {
    if (!this.#maps.has(url)) this.#maps.set(url, mapOf(url));
    const entry = this.#maps.get(url)?.findEntry(lineNumber, columnNumber);
    return entry && "originalSource" in entry ? entry : undefined;
  }
}

function mapOf(url: string): SourceMap | undefined {
  const file = url.startsWith("file:") ? `${fileURLToPath(url)}.map` : undefined;
  if (file === undefined || !existsSync(file)) return undefined;
  return new SourceMap(JSON.parse(readFileSync(file, "utf8")) as SourceMapPayload);
}

/** Names of profiles have the number of the thread. */
function mainThreadOf(folder: string): CpuProfile {
  const name = readdirSync(folder).find((file) => /\.0\.\d+\.cpuprofile$/.test(file));
  if (name === undefined) throw new Error(`no profile in ${folder}`);
  return JSON.parse(readFileSync(join(folder, name), "utf8")) as CpuProfile;
}
