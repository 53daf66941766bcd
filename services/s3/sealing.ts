import { createCipheriv, createHash, randomBytes } from "node:crypto";
import type { ReceivedBody, Witness } from "./bodies.ts";
import { CIPHER, type CustomerKey } from "./customer-key.ts";
import type { S3Store } from "./store.ts";

const IV_BYTES = 16;

/** Keeps a body encrypted, in counter mode: any of its bytes can be read without those before. The witness sees it as it came. */
export async function receiveSealed(
  store: S3Store,
  source: AsyncIterable<Uint8Array>,
  witness: Witness,
  key: CustomerKey,
): Promise<ReceivedBody> {
  const iv = randomBytes(IV_BYTES);
  const cipher = createCipheriv(CIPHER, key.bytes, iv);
  // the ETag of such an object tells nothing of what is in it
  const md5 = createHash("md5");
  const sealed = async function* (): AsyncGenerator<Uint8Array> {
    for await (const chunk of source) {
      witness.chunk(chunk);
      await witness.piece(chunk);
      yield cipher.update(chunk);
    }
  };
  const { body, bytes } = await store.receive(sealed(), {
    chunk() {},
    piece(piece) {
      md5.update(piece);
    },
  });
  return {
    body: { ...body, iv: iv.toString("hex") },
    ...(bytes && { bytes }),
    sealedMd5: md5.digest("hex"),
  };
}
