// A thread of HashThreads: computes digests of pieces that lie in shared memory.
import { createHash } from "node:crypto";
import { parentPort } from "node:worker_threads";

/** By the number of the body. */
const bodies = new Map();

parentPort.on("message", ({ job, body, kind, algorithms, piece }) => {
  if (kind === "drop") {
    bodies.delete(body);
    return;
  }
  let hashes = bodies.get(body);
  if (!hashes) bodies.set(body, (hashes = algorithms.map((algorithm) => createHash(algorithm))));
  if (kind === "update") {
    for (const hash of hashes) hash.update(piece);
    parentPort.postMessage({ job });
    return;
  }
  bodies.delete(body);
  parentPort.postMessage({ job, digests: hashes.map((hash) => hash.digest()) });
});
