import { existsSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { freePort, startServer, type ServerProcess } from "../shared/server-process.ts";
import { onFreshFolder, startCommand, startHeadwater, startMiniStack } from "../shared/servers.ts";
import type { S3Server } from "./calls.ts";

/** What is measured beside ours; one that is not there is told of. */
export const PEERS = ["fauxqs", "s3rver", "MiniStack", "versitygw"] as const;
export type Peer = (typeof PEERS)[number];

const TEST_KEY = { accessKeyId: "test", secret: "test" };

export const startOurs = async (profile?: string): Promise<S3Server> => ({
  server: await startHeadwater(profile),
  ...TEST_KEY,
});

/** What a server of Node costs at least that keeps bodies in memory, whatever they are. */
export async function startFloor(): Promise<S3Server> {
  const port = await freePort();
  return {
    server: await startServer([join(import.meta.dirname, "floor-server.mjs"), String(port)], port),
    ...TEST_KEY,
  };
}

/** @returns undefined, and says so, where the peer is not installed */
export async function startPeer(peer: Peer): Promise<S3Server | undefined> {
  switch (peer) {
    case "fauxqs":
      return signedBy(TEST_KEY, startOfNpm(peer));
    case "s3rver":
      // the only key that it knows
      return signedBy(
        { accessKeyId: "S3RVER", secret: "S3RVER" },
        onFreshFolder((folder) => startOfNpm(peer, folder)),
      );
    case "MiniStack":
      return signedBy(TEST_KEY, startMiniStack());
    case "versitygw":
      return signedBy(TEST_KEY, onFreshFolder(startVersitygw));
  }
}

async function signedBy(
  key: typeof TEST_KEY,
  starting: Promise<ServerProcess | undefined>,
): Promise<S3Server | undefined> {
  const server = await starting;
  return server && { server, ...key };
}

async function startOfNpm(peer: "fauxqs" | "s3rver", folder?: string): Promise<ServerProcess | undefined> {
  const packages = process.env["NPM_PEERS"];
  if (packages === undefined || !existsSync(join(packages, "node_modules", peer))) {
    console.log(`${peer} is not installed (npm i ${peer} in a folder of its own, named by NPM_PEERS): not measured`);
    return undefined;
  }
  const port = await freePort();
  const script = join(import.meta.dirname, `${peer}-server.mjs`);
  return startServer([script, String(port), ...(folder === undefined ? [] : [folder])], port, { cwd: packages });
}

async function startVersitygw(folder: string): Promise<ServerProcess | undefined> {
  const port = await freePort();
  const [data, iam] = [join(folder, "data"), join(folder, "iam")];
  await Promise.all([mkdir(data), mkdir(iam)]);
  return startCommand(port, {
    peer: "versitygw",
    command: process.env["VERSITYGW"] ?? "versitygw",
    // as the others, it keeps connections; without being told to it ends each with its first answer
    args: ["--port", `127.0.0.1:${port}`, "--iam-dir", iam, "--quiet", "--keep-alive", "posix", data],
    env: { ROOT_ACCESS_KEY: TEST_KEY.accessKeyId, ROOT_SECRET_KEY: TEST_KEY.secret },
    hint: "go install github.com/versity/versitygw/cmd/versitygw@latest, or its command in VERSITYGW",
  });
}
