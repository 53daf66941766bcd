import { writeSync } from "node:fs";
import { Socket } from "node:net";

/*
 * Frames between an execution environment and the emulator, both ways: length of what follows the kind (uint32, little
 * endian), kind (uint8), body. Events come in on file descriptor 3; logs and results go out on 4 by synchronous writes,
 * so that they keep their order, a full pipe slows down a function that logs too fast, and nothing that was logged is
 * lost with a process that is killed.
 */
export const KIND = { invoke: 1, ready: 2, log: 3, result: 4, invalidEvent: 5, initError: 6, idleExit: 7 };

const IN = 3;
const OUT = 4;
const HEADER_BYTES = 5;
/** CloudWatch Logs takes events up to this size; Lambda cuts longer lines into several events. */
const LOG_LINE_BYTES = 256 * 1024 - 64;

function writeAll(bytes) {
  for (let at = 0; at < bytes.length;) at += writeSync(OUT, bytes, at);
}

function send(kind, text) {
  const bytes = Buffer.allocUnsafe(HEADER_BYTES + Buffer.byteLength(text));
  bytes.writeUInt32LE(bytes.length - HEADER_BYTES, 0);
  bytes[4] = kind;
  bytes.write(text, HEADER_BYTES);
  writeAll(bytes);
}

export const sendReady = () => send(KIND.ready, "");
export const sendInvalidEvent = (message) => send(KIND.invalidEvent, message);
/** The process ends between invocations: an event that is on its way to it was not taken. */
export const sendIdleExit = () => send(KIND.idleExit, "");
export const sendInitError = (error) => send(KIND.initError, JSON.stringify(error));

/** @param {string} line one log event */
export function sendLog(line) {
  if (line.length * 3 <= LOG_LINE_BYTES) return send(KIND.log, line);
  const bytes = Buffer.from(line);
  for (let at = 0; at < bytes.length; at += LOG_LINE_BYTES) {
    send(KIND.log, bytes.toString("utf8", at, at + LOG_LINE_BYTES));
  }
}

/**
 * The first byte says how it went, the next four are the most memory that the process had, in KB.
 * @param {0 | 1 | 2} verdict succeeded, failed, failed and the process ends
 */
export function sendResult(payload, verdict) {
  const bytes = Buffer.allocUnsafe(HEADER_BYTES + 5 + Buffer.byteLength(payload));
  bytes.writeUInt32LE(bytes.length - HEADER_BYTES, 0);
  bytes[4] = KIND.result;
  bytes[HEADER_BYTES] = verdict;
  bytes.writeUInt32LE(process.resourceUsage().maxRSS >>> 0, HEADER_BYTES + 1);
  bytes.write(payload, HEADER_BYTES + 5);
  writeAll(bytes);
}

/**
 * Reads invocations: a JSON header (its length before it) and the event's own JSON.
 * @param {(header: object, event: string) => void} onInvoke
 * @returns the socket: referenced, it keeps the process waiting for the next event
 */
export function receive(onInvoke) {
  const socket = new Socket({ fd: IN, readable: true, writable: false });
  let chunks = [];
  let bufferedBytes = 0;
  let wantedBytes = HEADER_BYTES;

  socket.on("data", (chunk) => {
    chunks.push(chunk);
    bufferedBytes += chunk.length;
    while (bufferedBytes >= wantedBytes) {
      const bytes = chunks.length === 1 ? chunks[0] : Buffer.concat(chunks, bufferedBytes);
      chunks = [bytes];
      const frameBytes = HEADER_BYTES + bytes.readUInt32LE(0);
      if (bufferedBytes < frameBytes) {
        wantedBytes = frameBytes;
        return;
      }
      chunks = bytes.length === frameBytes ? [] : [bytes.subarray(frameBytes)];
      bufferedBytes -= frameBytes;
      wantedBytes = HEADER_BYTES;
      const headerEnd = HEADER_BYTES + 4 + bytes.readUInt32LE(HEADER_BYTES);
      const header = JSON.parse(bytes.toString("utf8", HEADER_BYTES + 4, headerEnd));
      onInvoke(header, bytes.toString("utf8", headerEnd, frameBytes));
    }
  });
  // without an emulator there is nobody to work for
  socket.on("close", () => process.reallyExit(0));
  return socket;
}
