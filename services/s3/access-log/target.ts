import type { BucketLoggingStatus, LoggingEnabled } from "@aws-sdk/client-s3";
import { aclMembers, hasAcls, readGrants } from "../acl.ts";
import { aclNotSupported, crossLocationLogging, invalidLoggingTarget, malformedXml } from "../errors.ts";
import type { BucketRecord, Grant } from "../model.ts";
import type { S3Store } from "../store.ts";

/** Where a bucket's access logs go, and how their keys are made. */
export interface LoggingTarget {
  readonly bucket: string;
  readonly prefix: string;
  /** By what the keys are partitioned; undefined: nobody said, which is as SimplePrefix. */
  readonly keyFormat?: "SimplePrefix" | "EventTime" | "DeliveryTime";
  /** Of the log objects, beside their owner's. */
  readonly grants?: readonly Grant[];
}

/** READ_ACP is not among those that are documented, and is taken. */
const TARGET_PERMISSIONS = ["FULL_CONTROL", "READ", "WRITE", "READ_ACP"];

/**
 * The target that a request names; undefined: nothing is logged.
 * @throws AwsError InvalidTargetBucketForLogging, CrossLocationLoggingProhibitted, MalformedXML, AccessControlListNotSupported
 */
export function readTarget(
  store: S3Store,
  source: BucketRecord,
  status: BucketLoggingStatus | undefined,
): LoggingTarget | undefined {
  const { LoggingEnabled: given } = status ?? {};
  if (!given) return undefined;
  const { TargetBucket: name, TargetPrefix: prefix, TargetGrants: grants = [] } = given;
  if (name === undefined || prefix === undefined) throw malformedXml();
  const keyFormat = readFormat(given);
  const target = store.known(name);
  checkTarget(name, target, source);
  if (grants.length > 0 && !hasAcls(target)) throw aclNotSupported();
  return {
    bucket: name,
    prefix,
    ...(keyFormat && { keyFormat }),
    ...(grants.length > 0 && { grants: readGrants(grants, TARGET_PERMISSIONS) }),
  };
}

/** @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/enable-server-access-logging.html */
function checkTarget(
  name: string,
  target: BucketRecord | undefined,
  source: BucketRecord,
): asserts target is BucketRecord {
  if (!target) throw invalidLoggingTarget("The target bucket for logging does not exist", name);
  if (target.account !== source.account) {
    throw invalidLoggingTarget("The owner for the bucket to be logged and the target bucket must be the same.", name);
  }
  if (target.region !== source.region) throw crossLocationLogging(source.region, target.region);
  if (target.requesterPays) {
    throw invalidLoggingTarget("The target bucket for logging must not have Requester Pays enabled", name);
  }
  if (target.objectLock) {
    throw invalidLoggingTarget("The target bucket for logging must not have Object Lock enabled", name);
  }
}

function readFormat({ TargetObjectKeyFormat: given }: LoggingEnabled): LoggingTarget["keyFormat"] {
  if (!given) return undefined;
  const { SimplePrefix: simple, PartitionedPrefix: partitioned } = given;
  if ((simple === undefined) === (partitioned === undefined)) throw malformedXml();
  if (!partitioned) return "SimplePrefix";
  const { PartitionDateSource: source = "EventTime" } = partitioned;
  if (source !== "EventTime" && source !== "DeliveryTime") throw malformedXml();
  return source;
}

/** The target as GetBucketLogging answers it. */
export function targetMembers({ bucket, prefix, keyFormat, grants }: LoggingTarget): LoggingEnabled {
  return {
    TargetBucket: bucket,
    TargetPrefix: prefix,
    ...(grants && { TargetGrants: aclMembers("", grants).Grants as NonNullable<LoggingEnabled["TargetGrants"]> }),
    ...(keyFormat && {
      TargetObjectKeyFormat:
        keyFormat === "SimplePrefix" ? { SimplePrefix: {} } : { PartitionedPrefix: { PartitionDateSource: keyFormat } },
    }),
  };
}

/** The name of a log object below its target's prefix. @param eventMs when one of its requests came */
export function logKey(
  { prefix, keyFormat }: LoggingTarget,
  source: Pick<BucketRecord, "name" | "account" | "region">,
  { eventMs, nowMs, unique }: { readonly eventMs: number; readonly nowMs: number; readonly unique: string },
): string {
  const date = new Date(keyFormat === "EventTime" ? startOfDay(eventMs) : nowMs);
  const [year, month, day, ...time] = date.toISOString().slice(0, "YYYY-MM-DDThh:mm:ss".length).split(/[-T:]/);
  const name = [year, month, day, ...time, unique].join("-");
  if (keyFormat === undefined || keyFormat === "SimplePrefix") return prefix + name;
  return `${prefix}${[source.account, source.region, source.name, year, month, day, name].join("/")}`;
}

const DAY_MS = 24 * 3600 * 1000;

export const startOfDay = (ms: number): number => ms - (ms % DAY_MS);
