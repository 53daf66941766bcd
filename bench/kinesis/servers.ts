import { createRequire } from "node:module";
import { dirname } from "node:path";
import { freePort, startServer, type ServerProcess } from "../shared/server-process.ts";
import { startCommand, startMiniStack } from "../shared/servers.ts";

/** What is measured beside ours. Peers are taken from where npm, PyPI and crates put them; one that is not there is told of. */
export const PEERS = ["kinesis-local", "MiniStack", "fakecloud"] as const;
export type Peer = (typeof PEERS)[number];

/** @returns undefined, and says so, where the peer is not installed */
export async function startPeer(peer: Peer): Promise<ServerProcess | undefined> {
  switch (peer) {
    case "kinesis-local": {
      const main = createRequire(import.meta.url).resolve("kinesis-local");
      const [plain, tls] = [await freePort(), await freePort()];
      const env = { KINESIS_MOCK_PLAIN_PORT: String(plain), KINESIS_MOCK_TLS_PORT: String(tls), LOG_LEVEL: "ERROR" };
      return startServer([main], plain, { env, cwd: dirname(main) });
    }
    case "MiniStack":
      return startMiniStack();
    case "fakecloud": {
      const port = await freePort();
      return startCommand(port, {
        peer,
        command: process.env["FAKECLOUD"] ?? "fakecloud",
        args: ["--addr", `127.0.0.1:${port}`],
        hint: "cargo install fakecloud, or its command in FAKECLOUD",
      });
    }
  }
}
