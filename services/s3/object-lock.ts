import { unsupported } from "../../emulator/model/errors.ts";
import {
  bucketWithoutLock,
  invalidArgument,
  invalidRequest,
  invalidRetentionPeriod,
  malformedXml,
  objectLocked,
} from "./errors.ts";
import { objectArn } from "./access.ts";
import type { S3Context } from "./index.ts";
import type { BucketRecord, LockDefault, ObjectLock, ObjectRecord, Retention } from "./model.ts";
import { requireAccess } from "./permission.ts";

/** What a write says of the lock of what it makes. */
export interface LockInput {
  readonly ObjectLockMode?: string;
  readonly ObjectLockRetainUntilDate?: Date;
  readonly ObjectLockLegalHoldStatus?: string;
}

const DAY_MS = 24 * 3600 * 1000;
const LONGEST_DAYS = 36_500;
const LONGEST_YEARS = 100;

const isMode = (mode: string | undefined): mode is Retention["mode"] => mode === "GOVERNANCE" || mode === "COMPLIANCE";

const inFuture = (date: Date, nowMs: number, argument: string): number => {
  if (date.getTime() > nowMs) return date.getTime();
  throw invalidArgument("The retain until date must be in the future!", argument, pacificTime(date));
};

const PACIFIC = new Intl.DateTimeFormat("en-US", {
  timeZone: "America/Los_Angeles",
  hourCycle: "h23",
  ...{ weekday: "short", month: "short", day: "2-digit", year: "numeric" },
  ...{ hour: "2-digit", minute: "2-digit", second: "2-digit", timeZoneName: "short" },
});

/** As S3 tells a time in a refusal: "Tue Dec 31 16:00:00 PST 2019". */
function pacificTime(date: Date): string {
  const parts = Object.fromEntries(PACIFIC.formatToParts(date).map(({ type, value }) => [type, value]));
  const { weekday, month, day, hour, minute, second, timeZoneName, year } = parts;
  return `${weekday} ${month} ${day} ${hour}:${minute}:${second} ${timeZoneName} ${year}`;
}

/**
 * The lock that a request gives to an object; without, none.
 * @throws AwsError InvalidArgument, InvalidRequest
 */
export function givenLock(bucket: BucketRecord, input: LockInput, nowMs: number): ObjectLock {
  const { ObjectLockMode: mode, ObjectLockRetainUntilDate: until, ObjectLockLegalHoldStatus: hold } = input;
  if (mode === undefined && until === undefined && hold === undefined) return {};
  if ((mode === undefined) !== (until === undefined)) {
    throw invalidArgument(
      "x-amz-object-lock-retain-until-date and x-amz-object-lock-mode must both be supplied",
      mode === undefined ? "x-amz-object-lock-mode" : "x-amz-object-lock-retain-until-date",
      undefined,
    );
  }
  if (mode !== undefined && !isMode(mode))
    throw invalidArgument("Unknown wormMode directive.", "x-amz-object-lock-mode", mode);
  if (hold !== undefined && hold !== "ON" && hold !== "OFF") {
    throw invalidArgument("Legal Hold must be either of 'ON' or 'OFF'", "x-amz-object-lock-legal-hold", hold);
  }
  if (!bucket.objectLock) throw bucketWithoutLock();
  return {
    ...(mode !== undefined &&
      until && { retention: { mode, untilMs: inFuture(until, nowMs, "x-amz-object-lock-retain-until-date") } }),
    ...(hold !== undefined && { legalHold: hold }),
  };
}

/** The lock of a new object: the one that it was given, else the bucket's default. */
export function lockOf(bucket: BucketRecord, given: ObjectLock, nowMs: number): ObjectLock {
  const byDefault = bucket.objectLock?.default;
  if (given.retention || !byDefault) return given;
  return { ...given, retention: { mode: byDefault.mode, untilMs: endOf(byDefault, nowMs) } };
}

function endOf({ days, years }: LockDefault, nowMs: number): number {
  if (days !== undefined) return nowMs + days * DAY_MS;
  const end = new Date(nowMs);
  end.setUTCFullYear(end.getUTCFullYear() + (years ?? 0));
  return end.getTime();
}

/**
 * S3 takes what it may not give up again only when it is sure of its bytes; the SHA-256 that a request is signed with does not do.
 * @throws AwsError InvalidRequest
 */
export function checkLockIntegrity(lock: ObjectLock, hasDigest: () => boolean, what: "Object" | "Part"): void {
  if ((lock.retention ?? lock.legalHold) === undefined || hasDigest()) return;
  throw invalidRequest(
    `Content-MD5 OR x-amz-checksum- HTTP header is required for Put ${what} requests with Object Lock parameters`,
  );
}

const isRetained = ({ retention }: ObjectLock, nowMs: number): boolean =>
  retention !== undefined && retention.untilMs > nowMs;

/** Whether nothing may remove it, not even a lifecycle rule. */
export const isLocked = (lock: ObjectLock, nowMs: number): boolean =>
  lock.legalHold === "ON" || isRetained(lock, nowMs);

interface Named {
  readonly Bucket: string;
  readonly Key: string;
}

/** Of a request that deletes. @throws AwsError InvalidArgument for the header where nothing can be locked, whatever it says */
export function refuseBypass(bucket: BucketRecord, { BypassGovernanceRetention: bypass }: Bypassing): void {
  if (bypass === undefined || bucket.objectLock) return;
  throw invalidArgument(
    "x-amz-bypass-governance-retention is only applicable to Object Lock enabled buckets.",
    "x-amz-bypass-governance-retention",
    undefined,
  );
}

interface Bypassing {
  readonly BypassGovernanceRetention?: boolean;
}

/**
 * Whether a request may give up the retention of an object: it has to say that it means to, and to be allowed to.
 * @throws AwsError AccessDenied
 */
export function checkBypass(ctx: S3Context, named: Named, bypass: boolean | undefined): void {
  if (!bypass) throw objectLocked();
  requireAccess(ctx, [{ action: "s3:BypassGovernanceRetention", resource: objectArn(named) }]);
}

/** @throws AwsError AccessDenied for a version that may not be removed */
export function checkRemovable(ctx: S3Context, named: Named, record: ObjectRecord | undefined, bypass?: boolean): void {
  if (!record || !isLocked(record, ctx.clock.now())) return;
  if (record.legalHold === "ON" || record.retention?.mode === "COMPLIANCE") throw objectLocked();
  checkBypass(ctx, named, bypass);
}

/**
 * The retention that takes the place of an object's; undefined: none.
 * @throws AwsError MalformedXML, InvalidArgument
 */
export function readRetention(
  given:
    | {
        readonly Mode?: string;
        readonly RetainUntilDate?: Date;
        readonly EventHold?: unknown;
        readonly EventHoldDuration?: unknown;
      }
    | undefined,
  nowMs: number,
): Retention | undefined {
  if (!given) throw malformedXml();
  const { Mode: mode, RetainUntilDate: until, EventHold, EventHoldDuration } = given;
  if ((EventHold ?? EventHoldDuration) !== undefined) throw unsupported("An event hold");
  if (mode === undefined && until === undefined) return undefined;
  if (!isMode(mode) || !until || Number.isNaN(until.getTime())) throw malformedXml();
  return { mode, untilMs: inFuture(until, nowMs, "RetainUntilDate") };
}

/** Whether one retention may take the place of another without anybody's leave: it keeps what the other one promised. */
export function extendsRetention({ retention }: ObjectLock, next: Retention | undefined, nowMs: number): boolean {
  if (!retention || retention.untilMs <= nowMs) return true;
  return next !== undefined && next.untilMs >= retention.untilMs && next.mode === retention.mode;
}

/** The default retention of a bucket. @throws AwsError MalformedXML, InvalidRetentionPeriod */
export function readDefault(rule: {
  readonly DefaultRetention?: {
    readonly Mode?: string;
    readonly Days?: number;
    readonly Years?: number;
    readonly DefaultEventHold?: object;
  };
}): LockDefault {
  const { Mode: mode, Days: days, Years: years, DefaultEventHold: eventHold } = rule.DefaultRetention ?? {};
  if (eventHold !== undefined) throw unsupported("An event hold");
  if (!isMode(mode) || (days === undefined) === (years === undefined)) throw malformedXml();
  const period = days ?? years ?? 0;
  if (!Number.isInteger(period)) throw malformedXml();
  if (period <= 0) throw invalidRetentionPeriod("Default retention period must be a positive integer value.");
  if (period > (days === undefined ? LONGEST_YEARS : LONGEST_DAYS)) {
    throw invalidRetentionPeriod("Default retention period too large.");
  }
  return { mode, ...(days === undefined ? { years: period } : { days: period }) };
}

/** What answers say of an object's lock. */
export const lockMembers = ({ retention, legalHold }: ObjectLock) => ({
  ...(retention && { ObjectLockMode: retention.mode, ObjectLockRetainUntilDate: new Date(retention.untilMs) }),
  ...(legalHold && { ObjectLockLegalHoldStatus: legalHold }),
});
