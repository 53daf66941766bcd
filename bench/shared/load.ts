import { readFileSync } from "node:fs";
import { connect, type Wire, type WireCall } from "./wire-client.ts";

export interface Load {
  /** They are sent in turn, so that nothing is as warm as one body would be. */
  readonly calls: readonly WireCall[];
  readonly clients: number;
  readonly wire: Wire;
  readonly ms: number;
}

export interface Measured {
  readonly callsPerSecond: number;
  /** Processor time that the server's process spent on a call, in microseconds. */
  readonly cpuUs: number;
  /** Milliseconds of each call. */
  readonly taken: readonly number[];
}

/** Clients that each wait for an answer before they send again. */
export async function measure({ port, pid }: { port: number; pid: number }, load: Load): Promise<Measured> {
  const { calls, clients, wire, ms } = load;
  const connections = await Promise.all(Array.from({ length: clients }, () => connect(port, wire)));
  const taken: number[] = [];
  const cpuBefore = cpuMs(pid);
  const startedAt = performance.now();
  await Promise.all(
    connections.map(async (client, offset) => {
      let sentAt = performance.now();
      for (let index = offset; sentAt - startedAt < ms; index++) {
        const { status, body } = await client.send(calls[index % calls.length] as WireCall);
        if (status !== 200) throw new Error(`${status}: ${body.toString().slice(0, 500)}`);
        const answeredAt = performance.now();
        taken.push(answeredAt - sentAt);
        sentAt = answeredAt;
      }
    }),
  );
  const seconds = (performance.now() - startedAt) / 1000;
  const cpu = cpuMs(pid) - cpuBefore;
  for (const client of connections) client.close();
  return { callsPerSecond: taken.length / seconds, cpuUs: (cpu * 1000) / taken.length, taken };
}

/** Ticks of Linux' /proc are hundredths of a second. */
const TICK_MS = 10;

/** Processor time of a process, all of its threads; NaN where there is no /proc. */
export function cpuMs(pid: number): number {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return (Number(fields[11]) + Number(fields[12])) * TICK_MS;
  } catch {
    return Number.NaN;
  }
}
