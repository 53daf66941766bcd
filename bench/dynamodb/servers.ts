import { existsSync } from "node:fs";
import { join } from "node:path";
import { freePort, startServer, type ServerProcess } from "../shared/server-process.ts";
import { onFreshFolder, startCommand, startMiniStack } from "../shared/servers.ts";

/** What is measured beside ours; one that is not there is told of. */
export const PEERS = [
  "dynalite",
  "dynalite on disk",
  "DynamoDB Local",
  "DynamoDB Local in memory",
  "dynoxide",
  "dynoxide in memory",
  "MiniStack",
] as const;
export type Peer = (typeof PEERS)[number];

type Started = Promise<ServerProcess | undefined>;

/** @returns undefined, and says so, where the peer is not installed */
export function startPeer(peer: Peer): Started {
  switch (peer) {
    case "dynalite":
      return startDynalite();
    case "dynalite on disk":
      return onFreshFolder(startDynalite);
    case "DynamoDB Local":
      return onFreshFolder((folder) => startDynamoDbLocal(peer, ["-dbPath", folder]));
    case "DynamoDB Local in memory":
      return startDynamoDbLocal(peer, ["-inMemory"]);
    case "dynoxide":
      return onFreshFolder((folder) => startDynoxide(peer, ["--db-path", join(folder, "data.db")]));
    case "dynoxide in memory":
      return startDynoxide(peer, []);
    case "MiniStack":
      return startMiniStack();
  }
}

async function startDynalite(folder?: string): Promise<ServerProcess> {
  const port = await freePort();
  const script = join(import.meta.dirname, "dynalite-server.mjs");
  return startServer([script, String(port), ...(folder === undefined ? [] : [folder])], port);
}

async function startDynamoDbLocal(peer: Peer, where: readonly string[]): Started {
  const jars = process.env["DYNAMODB_LOCAL"];
  if (jars === undefined || !existsSync(jars)) {
    console.log(
      `${peer} is not installed (the folder of com.amazonaws:DynamoDBLocal's jars, as Maven's dependency:copy-dependencies ` +
        "makes it, in DYNAMODB_LOCAL): not measured",
    );
    return undefined;
  }
  const port = await freePort();
  const main = "com.amazonaws.services.dynamodbv2.local.main.ServerRunner";
  const java = [`-Djava.library.path=${jars}`, "-cp", join(jars, "*"), main];
  const args = [...java, "-port", String(port), "-disableTelemetry", ...where];
  return startCommand(port, { peer, command: "java", args, hint: "a Java runtime of 17 or later" });
}

async function startDynoxide(peer: Peer, where: readonly string[]): Started {
  const port = await freePort();
  return startCommand(port, {
    peer,
    command: process.env["DYNOXIDE"] ?? "dynoxide",
    args: ["--port", String(port), ...where],
    hint: "cargo install dynoxide-rs, or its command in DYNOXIDE",
  });
}
