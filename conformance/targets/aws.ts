import type { HttpRequest } from "@smithy/types";
import { findTarget } from "../../cli/targets/index.ts";
import { NotOnThisTarget, RUN } from "./current.ts";

/**
 * Somebody's account, with the region and the credentials of the environment. Opened with CONFIRM=yes only, as it costs money, or where
 * AWS_ENDPOINT_URL names something in its place.
 */
export async function openAws() {
  const { AWS_ENDPOINT_URL: standIn, CONFIRM: consent } = process.env;
  if (standIn === undefined && consent !== "yes") {
    throw new Error("TARGET=aws costs money in an account: CONFIRM=yes agrees, AWS_ENDPOINT_URL leads it elsewhere");
  }
  const { clientConfig } = await findTarget({ target: "aws" });
  return {
    clientConfig: () => clientConfig,
    /** Removes what this suite has made: everything that has its name. */
    close: async () => {
      const { sweep } = await import("./sweep.ts");
      await sweep(clientConfig, (name) => name?.includes(RUN) ?? false);
    },
  };
}

const READS = /^(Describe|List|Get|Query|Scan|BatchGet|TransactGet)/;
/** What is not gone with the table or the bucket, or costs money by itself. */
const LASTING = /"(ReplicaUpdates|WarmThroughput|GlobalTableName)"|\bCOMPLIANCE\b/;

const textOf = (body: unknown): string =>
  typeof body === "string" ? body : body instanceof Uint8Array ? Buffer.from(body).toString() : "";

/**
 * Holds a request of a suite in an account back unless it reads, or concerns what this run has made: the sweep finds nothing else, and
 * nobody else's things are touched. @throws NotOnThisTarget
 */
export function checkRequest({ hostname, method, path, headers, body }: HttpRequest, region: string): void {
  const isAws = process.env["AWS_ENDPOINT_URL"] === undefined;
  if (isAws && !hostname.includes(`.${region}.`)) {
    throw new NotOnThisTarget("asks another region than that of the run");
  }
  const text = textOf(body);
  if (LASTING.test(text) || LASTING.test(headers["x-amz-object-lock-mode"] ?? "")) {
    throw new NotOnThisTarget("would leave something in the account, or cost more than a little");
  }
  const [api, operation = ""] = (headers["x-amz-target"] ?? "").split(".");
  if (api?.startsWith("DynamoDBStreams_")) return;
  if (api?.startsWith("DynamoDB_")) {
    if (!READS.test(operation) && !text.includes(RUN)) {
      throw new NotOnThisTarget("names tables by names that are not of this run");
    }
    return;
  }
  if (isAws && !/^([\w.-]+\.)?s3\./.test(hostname))
    throw new NotOnThisTarget("asks services whose things nothing removes");
  if (method === "GET" || method === "HEAD") return;
  if (!`${hostname}${path}`.includes(RUN)) throw new NotOnThisTarget("names buckets by names that are not of this run");
}
