import { parseArgs } from "node:util";
import type { Wire } from "../shared/wire-client.ts";
import { PEERS, type Peer } from "./servers.ts";

export interface LoadOptions {
  readonly rounds: number;
  readonly seconds: number;
  readonly clients: readonly number[];
  readonly wires: readonly Wire[];
  readonly peers: readonly Peer[];
  readonly profile: string | undefined;
}

/** `--rounds 5 --seconds 1 --clients 1,16 --wires HTTP/1.1,h2c --peers kinesis-local,MiniStack,fakecloud --profile DIR` */
export function loadOptions(): LoadOptions {
  const { values } = parseArgs({
    options: {
      rounds: { type: "string", default: "5" },
      seconds: { type: "string", default: "1" },
      clients: { type: "string", default: "1,16" },
      wires: { type: "string", default: "HTTP/1.1,h2c" },
      peers: { type: "string", default: PEERS.join(",") },
      profile: { type: "string" },
    },
  });
  return {
    rounds: Number(values.rounds),
    seconds: Number(values.seconds),
    clients: values.clients.split(",").map(Number),
    wires: values.wires.split(",") as Wire[],
    peers: values.peers.split(",").filter((name) => name !== "") as Peer[],
    profile: values.profile,
  };
}
