/** Frames on the pipes of an execution environment; runtime/channel.js is the other end and says more. */
export const KIND = { invoke: 1, ready: 2, log: 3, result: 4, invalidEvent: 5, initError: 6, idleExit: 7 } as const;

const HEADER_BYTES = 5;
/** More than any frame of ours: a process that sends such a thing is not our runtime any more. */
const LARGEST_FRAME_BYTES = 16 * 1024 * 1024;

export interface InvokeHeader {
  readonly requestId: string;
  readonly functionArn: string;
  readonly timeoutMs: number;
  readonly traceId: string;
  readonly clientContext?: unknown;
}

export function encodeInvoke(header: InvokeHeader, payload: string | Uint8Array): Buffer {
  const json = JSON.stringify(header);
  const jsonBytes = Buffer.byteLength(json);
  const payloadBytes = typeof payload === "string" ? Buffer.byteLength(payload) : payload.byteLength;
  const frame = Buffer.allocUnsafe(HEADER_BYTES + 4 + jsonBytes + payloadBytes);
  frame.writeUInt32LE(4 + jsonBytes + payloadBytes, 0);
  frame[4] = KIND.invoke;
  frame.writeUInt32LE(jsonBytes, HEADER_BYTES);
  frame.write(json, HEADER_BYTES + 4);
  if (typeof payload === "string") frame.write(payload, HEADER_BYTES + 4 + jsonBytes);
  else frame.set(payload, HEADER_BYTES + 4 + jsonBytes);
  return frame;
}

/** Cuts a stream of chunks into frames. */
export class FrameReader {
  readonly #onFrame: (kind: number, body: Buffer) => void;
  #chunks: Buffer[] = [];
  #bufferedBytes = 0;
  #wantedBytes = HEADER_BYTES;

  constructor(onFrame: (kind: number, body: Buffer) => void) {
    this.#onFrame = onFrame;
  }

  /** @throws Error for a frame that is larger than any of ours */
  push(chunk: Buffer): void {
    this.#chunks.push(chunk);
    this.#bufferedBytes += chunk.length;
    while (this.#bufferedBytes >= this.#wantedBytes) {
      const bytes = this.#chunks.length === 1 ? chunk : Buffer.concat(this.#chunks, this.#bufferedBytes);
      const rest = this.#take(bytes);
      if (!rest) return;
      chunk = rest;
    }
  }

  /** @returns what follows the first frame, or nothing when that frame is not whole */
  #take(bytes: Buffer): Buffer | undefined {
    this.#chunks = [bytes];
    const frameBytes = HEADER_BYTES + bytes.readUInt32LE(0);
    if (frameBytes > LARGEST_FRAME_BYTES) throw new Error(`a frame of ${frameBytes} bytes`);
    if (bytes.length < frameBytes) {
      this.#wantedBytes = frameBytes;
      return undefined;
    }
    const rest = bytes.subarray(frameBytes);
    this.#chunks = rest.length === 0 ? [] : [rest];
    this.#bufferedBytes = rest.length;
    this.#wantedBytes = HEADER_BYTES;
    this.#onFrame(bytes[4] ?? 0, bytes.subarray(HEADER_BYTES, frameBytes));
    return rest;
  }
}
