import http from "node:http";
import http2 from "node:http2";
import net from "node:net";
import type { Duplex } from "node:stream";
import { clearTimeout, setTimeout } from "node:timers";
import type { RawRequest, RawResponse } from "./exchange.ts";

/** Largest head of a request in bytes; beyond it Node answers 431. */
const HEADER_LIMIT_BYTES = 32 * 1024;
/** Longer than the keep-alive of the SDKs' clients, so that we never close a socket that they are about to use. */
const KEEP_ALIVE_MS = 75_000;
/** A connection that sends nothing at all is closed after this. */
const FIRST_BYTE_MS = 60_000;

export interface Listener {
  readonly host: string;
  readonly port: number;
  /** Takes no more connections, lets requests in flight end (for at most `graceMs`), then closes every socket. */
  close(graceMs: number): Promise<void>;
}

/**
 * One port for HTTP/1.1 and for HTTP/2 with prior knowledge (as `KinesisClient` speaks it): the first bytes of a connection
 * tell which, and the socket is handed to the server that speaks it.
 */
export async function listen(
  { host, port }: { host: string; port: number },
  onRequest: (request: RawRequest, response: RawResponse) => void,
): Promise<Listener> {
  const h1 = http.createServer({ maxHeaderSize: HEADER_LIMIT_BYTES, keepAliveTimeout: KEEP_ALIVE_MS }, onRequest);
  const h2 = http2.createServer({ maxSessionMemory: 64 }, onRequest as never);
  h1.on("clientError", onClientError);
  // whoever reads the body tells the client to send it; a request that is refused before is spared its body
  h1.on("checkContinue", (request, response) => h1.emit("request", request, response));
  // another expectation is none that AWS knows, and nothing to it
  h1.on("checkExpectation", (request, response) => h1.emit("request", request, response));
  h2.on("checkExpectation", (request, response) => h2.emit("request", request, response));
  h2.on("sessionError", () => {}); // the session is destroyed by Node; the client sees it close
  const sockets = new Set<net.Socket>();
  // Node tracks idle connections only of a server that listens itself, and h1 does not
  const underWay = new Map<Duplex, Set<http.ServerResponse>>();
  const http2Sockets = new WeakSet<net.Socket>();
  let isClosing = false;
  h1.prependListener("request", ({ socket }, response) => {
    const open = underWay.get(socket)!;
    open.add(response);
    response.once("close", () => {
      open.delete(response);
      if (isClosing && open.size === 0) socket.end();
    });
  });
  const sessions = new Set<http2.ServerHttp2Session>();
  h2.on("session", (session) => {
    sessions.add(session);
    session.on("close", () => sessions.delete(session));
  });
  const server = net.createServer({ noDelay: true }, (socket) => {
    sockets.add(socket);
    const open = new Set<http.ServerResponse>();
    underWay.set(socket, open);
    socket.on("close", () => {
      sockets.delete(socket);
      underWay.delete(socket);
      // Node tells only the answer whose turn it is, none that waits behind it
      for (const response of open) if (!response.socket) response.destroy().emit("close");
    });
    socket.on("error", () => socket.destroy());
    onFirstBytes(socket, (isHttp2) => {
      if (isHttp2) http2Sockets.add(socket);
      (isHttp2 ? h2 : h1).emit("connection", socket);
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen({ host, port }, () => {
      server.off("error", reject);
      resolve();
    });
  });
  const address = server.address() as net.AddressInfo;
  return {
    host,
    port: address.port,
    close: async (graceMs) => {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      isClosing = true;
      for (const session of sessions) session.close();
      for (const socket of sockets) if (underWay.get(socket)?.size === 0 && !http2Sockets.has(socket)) socket.destroy();
      const timer = setTimeout(() => {
        for (const socket of sockets) socket.destroy();
      }, graceMs);
      await closed;
      clearTimeout(timer);
    },
  };
}

/** Tells which protocol a connection speaks, once its first bytes are there; they are still to be read then. */
function onFirstBytes(socket: net.Socket, tell: (isHttp2: boolean) => void): void {
  socket.setTimeout(FIRST_BYTE_MS, () => socket.destroy());
  socket.once("readable", () => {
    const first = socket.read() as Buffer | null;
    if (!first) return;
    socket.setTimeout(0);
    socket.removeAllListeners("timeout");
    socket.unshift(first);
    tell(first.subarray(0, 3).toString("latin1") === "PRI");
  });
}

/** Bytes that are no HTTP get a 400 (or 431, 408) and a closed socket. */
function onClientError(error: NodeJS.ErrnoException, socket: net.Socket | Duplex): void {
  if (!socket.writable) return void socket.destroy();
  const status =
    error.code === "HPE_HEADER_OVERFLOW"
      ? "431 Request Header Fields Too Large"
      : error.code === "ERR_HTTP_REQUEST_TIMEOUT"
        ? "408 Request Timeout"
        : "400 Bad Request";
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}
