import { splitBucket } from "../../emulator/gateway/route.ts";
import type { AnsweredRequest } from "../../emulator/model/service.ts";
import { websiteOf } from "./website/address.ts";

/** What a request that was answered was about. */
export interface Subject {
  readonly bucket: string;
  readonly key?: string | undefined;
  readonly versionId?: string | undefined;
  /** Which door has answered; undefined: it was a call of the API. */
  readonly door?: "website" | "preflight" | "form";
}

interface Given {
  readonly Bucket?: string;
  readonly Key?: string;
  readonly VersionId?: string;
}

/** Undefined: it was about no bucket. */
export function subjectOf(request: AnsweredRequest): Subject | undefined {
  const { operation, input } = request;
  if (operation === undefined) return subjectOfDoor(request);
  if (input) {
    const { Bucket: bucket, Key: key, VersionId: versionId } = input as Given;
    return bucket === undefined ? undefined : { bucket, key, versionId };
  }
  // it was refused before its parts were read
  const { bucket, path } = splitBucket(request);
  return bucket === undefined ? undefined : { bucket, key: keyIn(path) };
}

function subjectOfDoor(request: AnsweredRequest): Subject | undefined {
  const website = websiteOf(request);
  if (website !== undefined) return { bucket: website, key: keyIn(request.path), door: "website" };
  const { bucket, path } = splitBucket(request);
  if (bucket === undefined) return undefined;
  if (request.method === "OPTIONS") return { bucket, key: keyIn(path), door: "preflight" };
  return { bucket, key: postedKey(request), door: "form" };
}

/** The key of a form is one of its fields: its answer tells it, by the query where it sends the browser elsewhere. */
function postedKey({ status, answered: { location }, headers }: AnsweredRequest): string | undefined {
  if (typeof location !== "string") return undefined;
  const { pathname, searchParams } = new URL(location);
  if (status === 303) return searchParams.getAll("key").at(-1);
  return keyIn(splitBucket({ path: pathname, headers }).path);
}

function keyIn(path: string): string | undefined {
  try {
    return decodeURIComponent(path.slice(1)) || undefined;
  } catch {
    return path.slice(1);
  }
}
