// Small and large objects: PutObject and GetObject of 1 KiB (requests a second) and of 10 MiB, UploadPart of 10 MiB (MiB a second), and listings of
// 1,000 keys, data on disk: beside a server of Node that only keeps bodies in memory ("floor"), and beside the peers that are installed. Bodies have
// no checksum of the client's, so that a server that keeps to S3 computes its own; with --checksum they have a CRC32, as SDKs send it.
// All servers run at the same time, each in its own process, and are measured in turn.
// Usage: node --import tsx bench/s3/objects.ts [--cases put-1k,get-10m] [--rounds 5] [--seconds 1] [--clients 1,16]
//   [--peers fauxqs,versitygw] [--checksum] [--profile DIR]
import { parseArgs } from "node:util";
import { crc32 } from "node:zlib";
import { withServers } from "../shared/servers.ts";
import { compare, type Contender } from "../shared/side-by-side.ts";
import type { WireCall } from "../shared/wire-client.ts";
import { BUCKET, s3Call, send, type S3Request, type S3Server } from "./calls.ts";
import { PEERS, startFloor, startOurs, startPeer, type Peer } from "./servers.ts";

const KIB = 1024;
const MIB = 1024 * KIB;
const SMALL_KEYS = 1_000;
const LARGE_BYTES = 10 * MIB;
/** Each client has its own, so that none waits for another's. */
const LARGE_KEYS = 16;

const { values } = parseArgs({
  options: {
    cases: { type: "string" },
    rounds: { type: "string", default: "5" },
    seconds: { type: "string", default: "1" },
    clients: { type: "string", default: "1,16" },
    peers: { type: "string", default: PEERS.join(",") },
    checksum: { type: "boolean", default: false },
    profile: { type: "string" },
  },
});

interface Case {
  readonly title: string;
  readonly unit: string;
  readonly perCall: number;
  /** What has to be there, and the calls. */
  readonly prepare: (to: S3Server) => Promise<readonly WireCall[]>;
}

/** No byte is like its neighbours, and no compression helps. */
const body = (sizeBytes: number, seed: number): Buffer => {
  const bytes = Buffer.alloc(sizeBytes);
  let state = seed + 1;
  for (let at = 0; at < sizeBytes; at++) {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    bytes[at] = state >>> 24;
  }
  return bytes;
};

const smallBody = body(KIB, 1);
const largeBody = body(LARGE_BYTES, 2);

function checksumOf(bytes: Buffer): Record<string, string> {
  if (!values.checksum) return {};
  const digest = Buffer.alloc(4);
  digest.writeUInt32BE(crc32(bytes));
  return { "x-amz-sdk-checksum-algorithm": "CRC32", "x-amz-checksum-crc32": digest.toString("base64") };
}

const smallHeaders = checksumOf(smallBody);
const largeHeaders = checksumOf(largeBody);

const put = (path: string, bytes: Buffer, headers: Record<string, string>): S3Request => ({
  ...{ method: "PUT", path, body: bytes, headers },
});
const smallPut = (index: number): S3Request => put(`/${BUCKET}/small/${index}`, smallBody, smallHeaders);
const largePut = (index: number): S3Request => put(`/${BUCKET}/large/${index}`, largeBody, largeHeaders);

const many = (to: S3Server, count: number, request: (index: number) => S3Request): readonly WireCall[] =>
  Array.from({ length: count }, (_, index) => s3Call(to, request(index)));

/** Peers forget nothing, so what a case reads is put before it. */
async function putAll(to: S3Server, count: number, request: (index: number) => S3Request): Promise<void> {
  for (let index = 0; index < count; index++) await send(to, request(index));
}

const get =
  (request: (index: number) => S3Request) =>
  (index: number): S3Request => ({ method: "GET", path: request(index).path });

async function startUpload(to: S3Server): Promise<string> {
  const path = `/${BUCKET}/multipart`;
  const answer = await send(to, { method: "POST", path, query: "uploads=" });
  const id = /<UploadId>([^<]+)<\/UploadId>/.exec(answer)?.[1];
  if (id === undefined) throw new Error(`no upload: ${answer.slice(0, 500)}`);
  return id;
}

const LARGE = { unit: "MiB", perCall: LARGE_BYTES / MIB };
const SMALL = { unit: "requests", perCall: 1 };

const CASES: Readonly<Record<string, Case>> = {
  "put-1k": {
    ...{ title: "PutObject 1 KiB", ...SMALL },
    prepare: async (to) => many(to, SMALL_KEYS, smallPut),
  },
  "get-1k": {
    ...{ title: "GetObject 1 KiB", ...SMALL },
    prepare: async (to) => {
      await putAll(to, SMALL_KEYS, smallPut);
      return many(to, SMALL_KEYS, get(smallPut));
    },
  },
  "put-10m": {
    ...{ title: "PutObject 10 MiB", ...LARGE },
    prepare: async (to) => many(to, LARGE_KEYS, largePut),
  },
  "get-10m": {
    ...{ title: "GetObject 10 MiB", ...LARGE },
    prepare: async (to) => {
      await putAll(to, LARGE_KEYS, largePut);
      return many(to, LARGE_KEYS, get(largePut)).map((call) => ({ ...call, ignoresBody: true }));
    },
  },
  "part-10m": {
    ...{ title: "UploadPart 10 MiB", ...LARGE },
    prepare: async (to) => {
      const uploadId = await startUpload(to);
      return many(to, LARGE_KEYS, (index) => ({
        ...put(`/${BUCKET}/multipart`, largeBody, largeHeaders),
        query: `partNumber=${index + 1}&uploadId=${uploadId}`,
      }));
    },
  },
  list: {
    ...{ title: "ListObjectsV2 of 1,000 keys", ...SMALL },
    prepare: async (to) => {
      await putAll(to, SMALL_KEYS, smallPut);
      return many(to, 1, () => ({ method: "GET", path: `/${BUCKET}`, query: "list-type=2&prefix=small%2F" }));
    },
  },
};

/** What a server has not: it says so at the first call. */
async function prepared(name: string, to: S3Server, { prepare }: Case): Promise<Contender | undefined> {
  try {
    await prepare(to);
    return { name, server: to.server, prepare: () => prepare(to) };
  } catch (error) {
    console.log(`${name} does not do it: ${(error as Error).message}`);
    return undefined;
  }
}

await withServers(async (keep) => {
  const servers = new Map<string, S3Server>();
  const add = async (name: string, starting: Promise<S3Server | undefined>): Promise<void> => {
    const started = await starting;
    if (!started) return;
    await keep(Promise.resolve(started.server));
    servers.set(name, started);
    await send(started, { method: "PUT", path: `/${BUCKET}` });
  };
  await add("headwater", startOurs(values.profile));
  await add("floor", startFloor());
  for (const peer of values.peers.split(",").filter((name) => name !== "")) await add(peer, startPeer(peer as Peer));
  for (const name of (values.cases ?? Object.keys(CASES).join(",")).split(",")) {
    const one = CASES[name];
    if (!one) throw new Error(`no such case: ${name}`);
    const contenders: Contender[] = [];
    for (const [server, to] of servers) {
      // it answers no document
      if (server === "floor" && (name === "list" || name === "part-10m")) continue;
      const contender = await prepared(server, to, one);
      if (contender) contenders.push(contender);
    }
    await compare(contenders, {
      ...one,
      rounds: Number(values.rounds),
      seconds: Number(values.seconds),
      clients: values.clients.split(",").map(Number),
      wires: ["HTTP/1.1"],
    });
  }
});
