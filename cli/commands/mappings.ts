import { clearScreenDown, moveCursor } from "node:readline";
import { interruptSignal, pause } from "../interrupt.ts";
import { partsOf, progressLines } from "../mapping-lines.ts";
import { MappingsReader, type Progress } from "../mappings-reader.ts";
import { onTarget, type TargetOptions } from "../targets/index.ts";

export interface MappingsOptions extends TargetOptions {
  readonly follow?: boolean;
  readonly function?: string;
  readonly json?: boolean;
}

const FOLLOW_INTERVAL_MS = 500;

const ROWS = 24;
const COLUMNS = 80;

const NONE = "No event source mappings.";

/** `headwater mappings`: how far each event source mapping is, and what holds it up. */
export async function mappings(options: MappingsOptions): Promise<void> {
  const signal = options.follow ? interruptSignal() : undefined;
  await onTarget(options, async (target) => {
    const reader = new MappingsReader(target, options.function, (line) => void process.stderr.write(`${line}\n`));
    const show = showing(options);
    show(await reader.read());
    while (signal && !signal.aborted) {
      await pause(Math.max(FOLLOW_INTERVAL_MS, target.pollMs), signal);
      if (!signal.aborted) show(await reader.read());
    }
  });
}

/** How what was read is shown: once, over what was shown before, or as lines of what has changed. */
function showing({ follow, json }: MappingsOptions): (progress: Progress) => void {
  if (follow) return json || !process.stdout.isTTY ? changes(json ?? false) : redrawing();
  if (json) return (progress) => print(JSON.stringify(progress.mappings, null, 2));
  return (progress) => print((progress.mappings.length === 0 ? [NONE] : progressLines(progress)).join("\n"));
}

function changes(isJson: boolean): (progress: Progress) => void {
  const known = new Map<string, string>();
  return (progress) => {
    const parts = partsOf(progress);
    for (const { key, state, line, value } of parts) {
      if (known.get(key) !== state) print(isJson ? JSON.stringify(value) : line);
      known.set(key, state);
    }
    const keys = new Set(parts.map(({ key }) => key));
    for (const key of known.keys()) if (!keys.has(key)) known.delete(key);
  };
}

/** No more than the terminal has room for: what has scrolled away cannot be drawn over. */
function redrawing(): (progress: Progress) => void {
  const { stdout } = process;
  let drawn = 0;
  return (progress) => {
    const lines = progress.mappings.length === 0 ? [NONE] : progressLines(progress);
    // a terminal that does not know its size says 0
    const shown = lines.slice(0, (stdout.rows || ROWS) - 1).map((line) => line.slice(0, stdout.columns || COLUMNS));
    moveCursor(stdout, 0, -drawn);
    clearScreenDown(stdout);
    stdout.write(shown.map((line) => `${line}\n`).join(""));
    drawn = shown.length;
  };
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
