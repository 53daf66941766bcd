import { measure, type Measured } from "./load.ts";
import { grouped, median, medianRatio, percentile } from "./report.ts";
import type { ServerProcess } from "./server-process.ts";
import { connect, type Wire, type WireCall } from "./wire-client.ts";

export interface Contender {
  readonly name: string;
  readonly server: ServerProcess;
  /** What it speaks; both wires unless said. */
  readonly only?: Wire;
  /** Makes it ready for the rounds of one setting, and gives the calls. */
  prepare(): Promise<readonly WireCall[]>;
}

export interface Settings {
  readonly title: string;
  /** What is counted ("records"), and how many of it a call has. */
  readonly unit: string;
  readonly perCall: number;
  readonly rounds: number;
  readonly seconds: number;
  readonly clients: readonly number[];
  readonly wires: readonly Wire[];
}

const WARM_UP_ROUNDS = 3;

/** Measures the contenders in turn, round by round, so that what else the machine does falls on all of them; the first is ours. */
export async function compare(contenders: readonly Contender[], settings: Settings): Promise<void> {
  for (const wire of settings.wires) {
    const able = await speaking(contenders, wire);
    for (const clients of settings.clients) {
      const results = new Map<string, Measured[]>(able.map(({ name }) => [name, []]));
      const calls = new Map<Contender, readonly WireCall[]>();
      for (const contender of able) calls.set(contender, await contender.prepare());
      for (let round = -1; round < settings.rounds; round++) {
        for (const contender of able) {
          const { name, server } = contender;
          const of = { port: server.port, pid: server.process.pid ?? 0 };
          // the first round is to get warm: on a busy machine that takes a while
          const ms = settings.seconds * (round < 0 ? WARM_UP_ROUNDS : 1) * 1000;
          const measured = await measure(of, { calls: calls.get(contender) ?? [], clients, wire, ms });
          if (round >= 0) results.get(name)?.push(measured);
        }
      }
      report(`${settings.title}, ${wire}, ${clients} client${clients > 1 ? "s" : ""}`, results, settings);
    }
  }
}

async function speaking(contenders: readonly Contender[], wire: Wire): Promise<readonly Contender[]> {
  const able: Contender[] = [];
  for (const contender of contenders) {
    if (contender.only !== undefined && contender.only !== wire) continue;
    try {
      (await connect(contender.server.port, wire)).close();
      able.push(contender);
    } catch (error) {
      console.log(`${contender.name} does not speak ${wire}: ${(error as Error).message}`);
    }
  }
  return able;
}

function report(title: string, results: ReadonlyMap<string, readonly Measured[]>, { unit, perCall }: Settings): void {
  console.log(`${title}:`);
  const [[oursName, ours] = []] = results;
  const nameWidth = Math.max(14, ...[...results.keys()].map((name) => name.length));
  for (const [name, rounds] of results) {
    const rates = rounds.map(({ callsPerSecond }) => callsPerSecond);
    const cpu = rounds.map(({ cpuUs }) => cpuUs);
    const taken = rounds.flatMap((round) => round.taken);
    const ratio =
      rounds === ours || !ours
        ? ""
        : `; ${oursName} is ${medianRatio(
            ours.map(({ callsPerSecond }) => callsPerSecond),
            rates,
          ).toFixed(2)} of it, ${medianRatio(
            cpu,
            ours.map(({ cpuUs }) => cpuUs),
          ).toFixed(2)} by processor time`;
    console.log(
      `  ${name.padEnd(nameWidth)} ${grouped(median(rates) * perCall).padStart(9)} ${unit}/s, ` +
        `${grouped(median(cpu)).padStart(6)} us of processor a call, ` +
        `p50 ${percentile(taken, 0.5).toFixed(2)} ms, p99 ${percentile(taken, 0.99).toFixed(2)} ms${ratio}`,
    );
  }
}
