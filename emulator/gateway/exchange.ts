import type { IncomingMessage, ServerResponse } from "node:http";
import type { ChunkVerifier } from "../protocol/aws-chunked.ts";
import type { Context, Principal } from "../model/context.ts";
import type { Door, DoorAnswer, Service } from "../model/service.ts";
import type { Answer, DecodeRequest, Format, OperationCodec } from "../protocol/operation-codec.ts";

/** HTTP/2's requests and answers have the same interface in Node. */
export type RawRequest = IncomingMessage;
export type RawResponse = ServerResponse;

/** One request on its way through the chain. Each step fills in what the next ones need; whoever sets `answer` ends it. */
export interface Exchange {
  readonly raw: RawRequest;
  readonly requestId: string;
  /** Epoch milliseconds. */
  readonly startedAt: number;
  /** The same, of the end of a body that an operation reads as it comes. */
  receivedAt?: number;
  readonly method: string;
  /** As it came, still percent-encoded: an S3 key may hold `..` and `//`. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly remoteAddress: string | undefined;
  /** By name in lower case; with those that a presigned URL carries in its query. */
  headers: Readonly<Record<string, string>>;
  /** As they came: names and values in turn. */
  readonly rawHeaders: readonly string[];
  /** Tells a client that waits for leave to send its body (Expect: 100-continue) to go on. */
  readonly invite?: (() => void) | undefined;
  /** Whether the client has gone away. */
  readonly gone: Gone;
  /** Headers that came after a chunked body; filled when the body has been read. */
  readonly trailers: Record<string, string>;
  door?: Door;
  /** The service that lets a page of another origin make the request, and what its answer tells the page's browser. */
  admission?: { readonly service: string; readonly headers: Readonly<Record<string, string>> };
  /** A page of an origin that the Guard lets call every service makes the request. */
  isFromPage?: true;
  /** The access key, region and service that the request is signed for. */
  signature?: Signature;
  service?: Service;
  format?: Format;
  operation?: string;
  codec?: OperationCodec;
  labels?: Readonly<Record<string, string>>;
  principal?: Principal;
  /** The whole body as it came, where it was read whole: what a signature is over. */
  wire?: Buffer;
  /** The chunks of the body are signed, and their signatures are to be verified. */
  chunks?: ChunkVerifier;
  body?: Pick<DecodeRequest, "body" | "stream" | "form">;
  input?: Record<string, unknown>;
  context?: Context;
  /** What the operation answered. */
  output?: unknown;
  /** The code of the error that is answered. */
  errorCode?: string;
  /** The service whose door answers. */
  doorOf?: string;
  answer?: Answer | DoorAnswer;
}

/** An abort signal that is made when it is first looked at: it costs as much as a small request, and few look at it. */
export class Gone {
  #controller: AbortController | undefined;
  #reason: Error | undefined;

  abort(reason: Error): void {
    this.#reason = reason;
    this.#controller?.abort(reason);
  }

  get signal(): AbortSignal {
    if (this.#controller === undefined) {
      this.#controller = new AbortController();
      if (this.#reason !== undefined) this.#controller.abort(this.#reason);
    }
    return this.#controller.signal;
  }
}

export interface Signature {
  /** yyyymmdd, of the credential's scope; undefined in signature version 2. */
  readonly date?: string;
  readonly accessKeyId: string;
  readonly region: string;
  readonly service: string;
  readonly sessionToken: string | undefined;
}
