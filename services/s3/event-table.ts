import { hostId } from "../../emulator/protocol/encode-error.ts";
import type { Table } from "../../emulator/storage/storage.ts";
import type { BucketRecord, DeleteMarker, ObjectRecord } from "./model.ts";
import { standsFor, type EventName } from "./notification-events.ts";
import type { Notification } from "./notification-rules.ts";
import { canonicalUser } from "./owner.ts";
import { QueueTable } from "./queue-table.ts";
import { isDeleteMarker } from "./version-table.ts";
import { versionIdOf } from "./version-id.ts";

/** The signal that there is an event to deliver. */
export const EVENTS_SIGNAL = "s3/events";

/** What brought an event about. */
export interface Cause {
  readonly name: EventName;
  readonly principalId: string;
  readonly sourceIp: string;
  readonly requestId: string;
  /** Epoch milliseconds. */
  readonly atMs: number;
  /** X-Amzn-Trace-Id of the request. */
  readonly traceHeader?: string | undefined;
}

/** An event on its way to one destination. */
export interface PendingEvent {
  readonly account: string;
  readonly bucket: string;
  readonly kind: Notification["kind"];
  readonly arn: string;
  readonly document: string;
  readonly traceHeader?: string;
}

const EMPTY_MD5 = "d41d8cd98f00b204e9800998ecf8427e";

/** The events that have happened and that their destinations have not been given yet, in their order. */
export class EventTable {
  readonly #events: QueueTable<PendingEvent>;

  constructor(events: Table<PendingEvent>) {
    this.#events = new QueueTable(events);
  }

  /** Within the transaction of what happened. @returns whether anybody is to be told */
  record(bucket: BucketRecord, key: string, cause: Cause, what: ObjectRecord | DeleteMarker | undefined): boolean {
    const wanted = (bucket.notifications ?? []).filter(
      ({ events, prefix = "", suffix = "" }) =>
        key.startsWith(prefix) && key.endsWith(suffix) && events.some((event) => standsFor(event, cause.name)),
    );
    for (const { id, kind, arn } of wanted) {
      this.#events.add((number) => {
        const document = JSON.stringify({ Records: [recordOf(bucket, key, cause, what, id, number)] });
        const trace = cause.traceHeader !== undefined && { traceHeader: cause.traceHeader };
        return { account: bucket.account, bucket: bucket.name, kind, arn, document, ...trace };
      });
    }
    return wanted.length > 0;
  }

  *all(after: number): Generator<{ number: number; event: PendingEvent }> {
    for (const { number, value } of this.#events.all()) {
      if (number > after) yield { number, event: value };
    }
  }

  remove(number: number): void {
    this.#events.remove(number);
  }
}

/** @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html */
function recordOf(
  bucket: BucketRecord,
  key: string,
  cause: Cause,
  what: ObjectRecord | DeleteMarker | undefined,
  configurationId: string,
  number: number,
): object {
  const hasSize = /^Object(Created|Restore):/.test(cause.name);
  // of what is said of an object; the events of its bytes can be put in their order
  const isAbout = /^Object(Tagging|Acl):/.test(cause.name);
  const isGone = /^(ObjectRemoved|LifecycleExpiration):Delete$/.test(cause.name);
  const eTag = what && (isDeleteMarker(what) ? EMPTY_MD5 : isGone ? undefined : what.etag);
  return {
    eventVersion: cause.name.startsWith("Object") && !isAbout ? "2.1" : "2.3",
    eventSource: "aws:s3",
    awsRegion: bucket.region,
    eventTime: new Date(cause.atMs).toISOString(),
    eventName: cause.name,
    userIdentity: { principalId: cause.principalId },
    requestParameters: { sourceIPAddress: cause.sourceIp },
    responseElements: {
      "x-amz-request-id": cause.requestId,
      "x-amz-id-2": hostId(cause.requestId),
    },
    ...(cause.name === "ObjectRestore:Completed" && what && !isDeleteMarker(what) && glacierData(what)),
    s3: {
      s3SchemaVersion: "1.0",
      configurationId,
      bucket: {
        name: bucket.name,
        ownerIdentity: { principalId: canonicalUser(bucket.account).ID },
        arn: `arn:aws:s3:::${bucket.name}`,
      },
      object: {
        key: encodeURIComponent(key).replaceAll("%20", "+").replaceAll("%2F", "/"),
        ...(hasSize && what && !isDeleteMarker(what) && { size: what.sizeBytes }),
        ...(eTag !== undefined && { eTag }),
        ...(bucket.versioning !== undefined && what && { versionId: versionIdOf(what) }),
        ...(!isAbout && { sequencer: sequencerOf(cause, number) }),
      },
    },
  };
}

const glacierData = ({ restoration, storageClass }: ObjectRecord) => ({
  glacierEventData: {
    restoreEventData: {
      lifecycleRestorationExpiryTime: new Date(restoration?.expiresMs ?? 0).toISOString(),
      lifecycleRestoreStorageClass: storageClass,
    },
  },
});

const sequencerOf = ({ atMs }: Cause, number: number): string =>
  `${atMs.toString(16)}${number.toString(16).padStart(6, "0")}`.toUpperCase().padStart(18, "0");
