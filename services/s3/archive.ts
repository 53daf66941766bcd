import { unsupported } from "../../emulator/model/errors.ts";
import { invalidArgumentValue, invalidObjectState, malformedXml } from "./errors.ts";
import type { ObjectRecord, Restoration } from "./model.ts";

const HOUR_MS = 3600 * 1000;
const DAY_MS = 24 * HOUR_MS;

/**
 * How long each storage class takes to restore an object, by tier: the shortest time that AWS names.
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/restoring-objects-retrieval-options.html
 */
const RETRIEVAL_MS: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  GLACIER: { Expedited: 60 * 1000, Standard: 3 * HOUR_MS, Bulk: 5 * HOUR_MS },
  DEEP_ARCHIVE: { Standard: 12 * HOUR_MS, Bulk: 48 * HOUR_MS },
};

/** Storage classes whose objects have to be restored before they are read. */
export const ARCHIVES: readonly string[] = Object.keys(RETRIEVAL_MS);

type Archivable = Pick<ObjectRecord, "storageClass" | "restoration">;

/** How far a restoration is; undefined: there is none, or it is over. */
function stateOf({ restoration }: Archivable, nowMs: number): "ongoing" | "restored" | undefined {
  if (!restoration || restoration.expiresMs <= nowMs) return undefined;
  return nowMs < restoration.readyMs ? "ongoing" : "restored";
}

/**
 * @param refusal what is said of an object of an archive that is not restored
 * @throws AwsError InvalidObjectState
 */
export function checkReadable(record: Archivable, nowMs: number, refusal = invalidObjectState): void {
  const { storageClass = "STANDARD" } = record;
  if (ARCHIVES.includes(storageClass) && stateOf(record, nowMs) !== "restored") throw refusal(storageClass);
}

/** What answers say of a restoration. */
export function restoreMember(record: Archivable, nowMs: number): { Restore?: string } {
  switch (stateOf(record, nowMs)) {
    case "ongoing":
      return { Restore: 'ongoing-request="true"' };
    case "restored": {
      const expiry = new Date(record.restoration?.expiresMs ?? 0).toUTCString();
      return { Restore: `ongoing-request="false", expiry-date="${expiry}"` };
    }
    case undefined:
      return {};
  }
}

interface RestoreRequest {
  readonly Days?: number | undefined;
  readonly Tier?: string | undefined;
  readonly GlacierJobParameters?: { readonly Tier?: string | undefined } | undefined;
  readonly Type?: string | undefined;
  readonly Description?: string | undefined;
  readonly SelectParameters?: object | undefined;
  readonly OutputLocation?: object | undefined;
}

export interface Restore {
  readonly days: number;
  readonly tier: string;
}

/** @throws AwsError MalformedXML, NotImplemented */
export function readRestore(request: RestoreRequest | undefined): Restore {
  if (!request) throw malformedXml();
  const { Days: days, Tier, GlacierJobParameters, Type, Description, SelectParameters, OutputLocation } = request;
  if ((Type ?? SelectParameters ?? OutputLocation ?? Description) !== undefined) {
    throw unsupported("A select request on an archived object");
  }
  const tier = GlacierJobParameters?.Tier ?? Tier ?? "Standard";
  if (days === undefined || !Number.isInteger(days) || days < 1) throw malformedXml();
  if (!["Expedited", "Standard", "Bulk"].includes(tier)) throw malformedXml();
  return { days, tier };
}

/** The last day that a Date can tell: any number of days is taken. */
const LAST_DAY = 1e8;

/** The copy is there for whole days of UTC. */
const expiryOf = (readyMs: number, days: number): number =>
  Math.min(Math.ceil(readyMs / DAY_MS + days), LAST_DAY) * DAY_MS;

/**
 * What a request makes of an object: its restoration begins, or lasts for other days when it is restored already.
 * @throws AwsError InvalidArgument
 */
export function restorationOf(
  record: Archivable,
  { days, tier }: Restore,
  nowMs: number,
): { readonly state: ReturnType<typeof stateOf>; readonly restoration: Restoration } {
  const state = stateOf(record, nowMs);
  const takesMs = RETRIEVAL_MS[record.storageClass ?? ""]?.[tier];
  if (takesMs === undefined) throw invalidArgumentValue("Retrieval option is not supported by this storage class");
  const readyMs = state === "restored" ? (record.restoration?.readyMs ?? nowMs) : nowMs + takesMs;
  return { state, restoration: { readyMs, expiresMs: expiryOf(Math.max(readyMs, nowMs), days) } };
}
