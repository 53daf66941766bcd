import http from "node:http";
import {
  CreateBucketCommand,
  PutPublicAccessBlockCommand,
  S3Client,
  S3ServiceException,
  type ObjectOwnership,
} from "@aws-sdk/client-s3";
import { authorization } from "../raw-request.ts";
import { useClient, useTarget, type TargetOptions } from "../target.ts";
import { currentTarget, refusingHandler } from "../targets/current.ts";

export interface RawRequest {
  readonly method?: string;
  /** With the query, percent-encoded. */
  readonly path: string;
  readonly headers?: http.OutgoingHttpHeaders;
  readonly body?: string | Uint8Array;
  readonly region?: string;
  /** Signed by query: no Authorization header. */
  readonly unsigned?: boolean;
}

export interface RawAnswer {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: string;
  /** The text of an element of the answer. */
  element(name: string): string | undefined;
}

/** A target with a client, and with a bucket that is there before the tests where one is named. */
export function useS3({ bucket, ...options }: TargetOptions & { readonly bucket?: string } = {}) {
  const target = useTarget(options);
  /** Path style, and checksums only where they are asked for, so that a test says what it sends. */
  const s3 = new S3Client({
    ...target.clientConfig(),
    forcePathStyle: true,
    maxAttempts: 1,
    requestChecksumCalculation: "WHEN_REQUIRED",
    responseChecksumValidation: "WHEN_REQUIRED",
  });
  useClient(s3);
  if (bucket !== undefined) {
    beforeAll(async () => {
      await s3.send(new CreateBucketCommand({ Bucket: bucket }));
    });
  }
  return {
    target,
    s3,
    /** A client of another account. */
    clientOf: (accessKeyId: string, region = "us-east-1") =>
      useClient(
        new S3Client({
          ...target.clientConfig(),
          ...(currentTarget() === "aws" && { requestHandler: refusingHandler("calls as another account") }),
          region,
          credentials: { accessKeyId, secretAccessKey: "test" },
          forcePathStyle: true,
          maxAttempts: 1,
        }),
      ),
    /** Sends a request as it is: the SDK would not send what a test is about. */
    send: (request: RawRequest): Promise<RawAnswer> => sendTo(target.endpoint, request),
  };
}

function sendTo(
  endpoint: string,
  { method = "GET", path, headers, body, region, unsigned }: RawRequest,
): Promise<RawAnswer> {
  const { hostname, port } = new URL(endpoint);
  return new Promise((resolve, reject) => {
    const request = http.request({
      hostname,
      port,
      method,
      path,
      headers: { ...(!unsigned && { authorization: authorization("s3", region) }), ...headers },
    });
    request.on("error", reject);
    request.on("response", (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("error", reject);
      response.on("end", () => {
        const text = Buffer.concat(chunks).toString("utf8");
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          body: text,
          element: (name) => unescapeXml(new RegExp(`<${name}>([^<]*)</${name}>`).exec(text)?.[1]),
        });
      });
    });
    // as bytes: Node would write the headers before a text in the encoding of that text
    request.end(body === undefined ? undefined : Buffer.from(body));
  });
}

const CHARACTERS: Readonly<Record<string, string>> = { quot: '"', apos: "'", lt: "<", gt: ">", amp: "&" };

const unescapeXml = (text: string | undefined): string | undefined =>
  text?.replace(/&(quot|apos|lt|gt|amp);/g, (_whole, name: string) => CHARACTERS[name] ?? "");

/** A bucket with ACLs whose public ones are not blocked. */
export async function createWithAcls(
  s3: S3Client,
  Bucket: string,
  ObjectOwnership: ObjectOwnership = "ObjectWriter",
): Promise<string> {
  await s3.send(new CreateBucketCommand({ Bucket, ObjectOwnership }));
  await s3.send(new PutPublicAccessBlockCommand({ Bucket, PublicAccessBlockConfiguration: {} }));
  return Bucket;
}

/** What a call fails with: status, code and message. */
export async function failure(
  call: Promise<unknown>,
): Promise<{ status: number | undefined; code: string; message: string }> {
  try {
    await call;
  } catch (error) {
    if (!(error instanceof S3ServiceException)) throw error;
    return { status: error.$metadata.httpStatusCode, code: error.name, message: error.message };
  }
  throw new Error("the call did not fail");
}

export const DENIED = { status: 403, code: "AccessDenied", message: "Access Denied" };

/** Bytes that differ from place to place, the same ones each time. */
export function bytes(size: number, seed = 1): Buffer {
  const made = Buffer.alloc(size);
  let state = seed;
  for (let index = 0; index < size; index++) {
    state = (state * 1_103_515_245 + 12_345) & 0x7fffffff;
    made[index] = state >>> 16;
  }
  return made;
}
