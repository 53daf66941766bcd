import { Readable } from "node:stream";

type Take = (chunk: Uint8Array) => void | Promise<void>;

/**
 * Hands over the chunks of a body, one after the other, the next one when `take` is done. What `take` throws ends it; a stream is left as it
 * is then, for whoever answers its client. Streams are read without an iterator: that costs more than all the rest of a small body.
 */
export function eachChunk(source: AsyncIterable<Uint8Array>, take: Take): Promise<void> {
  return source instanceof Readable ? eachOfStream(source, take) : eachOfOthers(source, take);
}

async function eachOfOthers(source: AsyncIterable<Uint8Array>, take: Take): Promise<void> {
  for await (const chunk of source) {
    const taking = take(chunk);
    if (taking) await taking;
  }
}

function eachOfStream(stream: Readable, take: Take): Promise<void> {
  return new Promise((resolve, reject) => {
    let taking: Promise<void> | undefined;
    const fail = (reason: unknown): void => {
      stream.off("data", onData);
      stream.pause();
      // what is under way ends first
      if (taking) taking.then(() => reject(reason), reject);
      else reject(reason);
    };
    const taken = (): void => {
      taking = undefined;
      if (stream.readableEnded) resolve();
      else if (!stream.destroyed) stream.resume();
    };
    const onData = (chunk: Uint8Array): void => {
      try {
        const begun = take(chunk);
        if (!begun) return;
        taking = begun;
        stream.pause();
        begun.then(taken, fail);
      } catch (error) {
        fail(error);
      }
    };
    // no event will come of one that broke off before
    if (stream.destroyed && !stream.readableEnded) return reject(brokenOff());
    stream.on("error", fail);
    stream.on("close", () => {
      if (!stream.readableEnded) fail(brokenOff());
    });
    stream.on("end", () => {
      if (!taking) resolve();
    });
    stream.on("data", onData);
  });
}

const brokenOff = (): Error => Object.assign(new Error("the body broke off"), { code: "ECONNRESET" });
