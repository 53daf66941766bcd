import cliProgress, { type MultiBar, type SingleBar } from "cli-progress";
import type { ProducerRun } from "../producer/producer.ts";
import { counted } from "./text.ts";

/** Steps of the bar, which shows a share of the file and not of a number of rows that nobody knows beforehand. */
const STEPS = 1000;

const REFRESH_MS = 100;

/** Events a second are those of the last seconds, so that the figure shows what goes on now. */
const RATE_WINDOW_MS = 3000;

const bar = "{bar} {percentage}%  ";

/** A progress bar for a run of a producer, above which lines can be printed. Without a terminal there are the lines alone. */
export class ProduceProgress {
  readonly #run: ProducerRun;
  readonly #out: NodeJS.WriteStream;
  #bars: MultiBar | undefined;
  #bar: SingleBar | undefined;
  readonly #timer: NodeJS.Timeout;
  readonly #window: { atMs: number; sent: number }[] = [];

  constructor(run: ProducerRun, out: NodeJS.WriteStream = process.stdout) {
    this.#run = run;
    this.#out = out;
    this.#timer = setInterval(() => this.#update(), REFRESH_MS);
  }

  /** The bar comes with the first row, so that a file that cannot be read shows its error alone. */
  #open(): void {
    const { read, skipped } = this.#run.stats;
    if (this.#bars || !this.#out.isTTY || read + skipped === 0) return;
    const { unit } = this.#run;
    const figures = `{events}  {rate} ${unit}s/s{remark}`;
    this.#bars = new cliProgress.MultiBar({
      stream: this.#out,
      format: (this.#run.fraction === undefined ? "" : bar) + figures,
      barCompleteChar: "█",
      barIncompleteChar: "░",
      barsize: 30,
      hideCursor: true,
      gracefulExit: false,
      emptyOnZero: true,
      // Lines that are printed above the bar wipe it, so it is drawn again even if it is the same.
      forceRedraw: true,
    });
    this.#bar = this.#bars.create(STEPS, 0, { events: counted(0, unit), rate: "0", remark: "" });
  }

  /** Prints lines above the bar. */
  print(lines: readonly string[]): void {
    if (lines.length === 0) return;
    const text = `${lines.join("\n")}\n`;
    if (this.#bars) this.#bars.log(text);
    else process.stdout.write(text);
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#update();
    // Printed lines wait for the next update, which `stop` alone does not bring.
    this.#bars?.update();
    this.#bars?.stop();
  }

  #update(): void {
    this.#open();
    const { sent, retried, skipped, refused } = this.#run.stats;
    const rate = this.#rate();
    const remark = [
      retried > 0 && `  ${retried} sent again`,
      skipped > 0 && `  ${skipped} skipped`,
      refused > 0 && `  ${refused} refused`,
    ]
      .filter((each) => each !== false)
      .join("");
    const steps = Math.floor((this.#run.fraction ?? 0) * STEPS);
    this.#bar?.update(steps, { events: counted(sent, this.#run.unit), rate: rate.toFixed(rate < 100 ? 1 : 0), remark });
  }

  /** Events a second: of late while it runs, over all when it is done. */
  #rate(): number {
    const { sent, seconds, isDone } = this.#run.stats;
    if (isDone) return seconds > 0 ? sent / seconds : 0;
    const nowMs = performance.now();
    this.#window.push({ atMs: nowMs, sent });
    while (this.#window[0]!.atMs < nowMs - RATE_WINDOW_MS) this.#window.shift();
    const first = this.#window[0]!;
    return nowMs > first.atMs ? ((sent - first.sent) * 1000) / (nowMs - first.atMs) : 0;
  }
}

/** What a run did, in one line. */
export function summaryOf({ stats, unit }: ProducerRun): string {
  const { read, sent, retried, uncertain, skipped, refused, seconds } = stats;
  const rate = seconds > 0 ? (sent / seconds).toFixed(1) : "0";
  const unsent = read - sent - refused;
  const remarks = [
    unsent > 0 && `${unsent} more read and not sent`,
    skipped > 0 && `${counted(skipped, `bad ${unit}`)} skipped`,
    refused > 0 && `${counted(refused, unit)} refused`,
    retried > 0 && `${retried} sent again`,
    uncertain > 0 && `${uncertain} of them may be stored twice, as the answer got lost`,
  ].filter((remark) => remark !== false);
  return [`${counted(sent, unit)} sent in ${seconds.toFixed(1)} s (${rate} ${unit}s/s)`, ...remarks].join(", ");
}
