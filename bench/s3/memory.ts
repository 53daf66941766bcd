// What large bodies cost in memory: many uploads of 100 MiB at the same time, then as many downloads. Bodies go to disk and come from it in
// pieces, so that the memory does not grow with their size. Usage: node --import tsx bench/s3/memory.ts [--clients 16] [--mebibytes 100]
import net from "node:net";
import { once } from "node:events";
import { setTimeout as delay } from "node:timers/promises";
import { parseArgs } from "node:util";
import { proportionalBytes } from "../shared/memory.ts";
import { withServers } from "../shared/servers.ts";
import { connect } from "../shared/wire-client.ts";
import { BUCKET, s3Call, send, type S3Server } from "./calls.ts";
import { startOurs } from "./servers.ts";

const MIB = 1024 * 1024;
const SAMPLE_MS = 50;

const { values } = parseArgs({
  options: { clients: { type: "string", default: "16" }, mebibytes: { type: "string", default: "100" } },
});
const clients = Number(values.clients);
const mebibytes = Number(values.mebibytes);
const piece = Buffer.alloc(MIB, 7);
const pathOf = (client: number): string => `/${BUCKET}/${client}`;

/** The client has no more than a piece in memory. */
async function upload(to: S3Server, client: number): Promise<void> {
  const { http1 } = s3Call(to, { method: "PUT", path: pathOf(client) });
  const head = http1.toString("latin1").replace("content-length: 0", `content-length: ${mebibytes * MIB}`);
  const socket = net.connect({ host: "127.0.0.1", port: to.server.port });
  await once(socket, "connect");
  const answered = once(socket, "data") as Promise<[Buffer]>;
  socket.write(head);
  for (let sent = 0; sent < mebibytes; sent++) if (!socket.write(piece)) await once(socket, "drain");
  const [answer] = await answered;
  socket.destroy();
  if (!answer.toString("latin1").startsWith("HTTP/1.1 200")) throw new Error(answer.toString().slice(0, 500));
}

async function download(to: S3Server, client: number): Promise<void> {
  const connection = await connect(to.server.port, "HTTP/1.1");
  const { status } = await connection.send({
    ...s3Call(to, { method: "GET", path: pathOf(client) }),
    ignoresBody: true,
  });
  connection.close();
  if (status !== 200) throw new Error(`status ${status}`);
}

async function peak(to: S3Server, title: string, work: (to: S3Server, client: number) => Promise<void>): Promise<void> {
  const pid = to.server.process.pid ?? 0;
  const before = proportionalBytes([pid]);
  const done = new AbortController();
  let most = before;
  const sampling = (async () => {
    while (!done.signal.aborted) {
      most = Math.max(most, proportionalBytes([pid]));
      await delay(SAMPLE_MS);
    }
  })();
  const startedAt = performance.now();
  await Promise.all(Array.from({ length: clients }, (_, client) => work(to, client)));
  const seconds = (performance.now() - startedAt) / 1000;
  done.abort();
  await sampling;
  const text = (bytes: number): string => `${(bytes / MIB).toFixed(0)} MiB`;
  console.log(
    `${clients} ${title} of ${mebibytes} MiB: ${text(before)} before, ${text(most)} at most, ` +
      `${((clients * mebibytes) / seconds).toFixed(0)} MiB/s`,
  );
}

await withServers(async (keep) => {
  const to = await startOurs();
  await keep(Promise.resolve(to.server));
  await send(to, { method: "PUT", path: `/${BUCKET}` });
  await peak(to, "uploads", upload);
  await peak(to, "downloads", download);
});
