import type { Host } from "../../../emulator/model/context.ts";
import type { AnsweredRequest } from "../../../emulator/model/service.ts";
import { MAX_KEY_BYTES, type BucketRecord, type StoredMetrics, type TagSet } from "../model.ts";
import type { S3Store } from "../store.ts";
import { subjectOf, type Subject } from "../subject.ts";
import { isVersionId } from "../version-id.ts";
import { isDeleteMarker } from "../version-table.ts";
import { FilterMetrics } from "./filter-metrics.ts";

type Input = Readonly<Record<string, unknown>>;

interface Given {
  readonly Bucket?: string;
  readonly Key?: string;
  readonly VersionId?: string;
}

/** What they take away is known before them only. */
const TAKES_TAGS: ReadonlySet<string | undefined> = new Set(["DeleteObject", "DeleteObjectTagging"]);
/** About an upload, whose object is not there yet. */
const OF_UPLOADS: ReadonlySet<string | undefined> = new Set([
  "AbortMultipartUpload",
  "CreateMultipartUpload",
  "ListParts",
  "UploadPart",
  "UploadPartCopy",
]);
const OF_MANY_OBJECTS: ReadonlySet<string | undefined> = new Set([
  "DeleteObjects",
  "ListMultipartUploads",
  "ListObjects",
  "ListObjectsV2",
  "ListObjectVersions",
]);

/**
 * The metrics of requests, of the buckets that are configured to have them.
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/metrics-configurations.html
 */
export class RequestMetrics {
  readonly #host: Pick<Host, "metrics">;
  readonly #store: S3Store;
  readonly #byConfiguration = new WeakMap<StoredMetrics, FilterMetrics>();
  /** The tags that an object had before the request with this input. */
  readonly #tagsBefore = new WeakMap<Input, TagSet>();

  constructor(host: Pick<Host, "metrics">, store: S3Store) {
    this.#host = host;
    this.#store = store;
  }

  begins(operation: string, input: Input): void {
    if (!TAKES_TAGS.has(operation)) return;
    const { Bucket: bucket = "", Key: key, VersionId: versionId } = input as Given;
    const hasTags = this.#store.known(bucket)?.metrics?.some(({ filter }) => filter?.tags !== undefined);
    if (hasTags === true) this.#tagsBefore.set(input, this.#presentTags({ bucket, key, versionId }));
  }

  answered(request: AnsweredRequest): void {
    const { Bucket: name } = (request.input ?? {}) as Given;
    // most requests are to buckets that nobody wants to have measured
    if (name !== undefined && !this.#store.known(name)?.metrics) return;
    const subject = subjectOf(request);
    const bucket = subject && this.#store.known(subject.bucket);
    if (!subject || !bucket?.metrics || !isReported(request, subject)) return;
    let tags: TagSet | undefined;
    for (const configuration of bucket.metrics) {
      const { filter } = configuration;
      if (filter && (subject.key === undefined || !subject.key.startsWith(filter.prefix ?? ""))) continue;
      if (filter?.tags && !hasAll((tags ??= this.#tagsOf(request, subject)), filter.tags)) continue;
      this.#metricsOf(bucket, configuration).add(request);
    }
  }

  #metricsOf({ name, account, region }: BucketRecord, configuration: StoredMetrics): FilterMetrics {
    let found = this.#byConfiguration.get(configuration);
    if (!found) {
      const dimensions = { BucketName: name, FilterId: configuration.id };
      found = new FilterMetrics((metric, unit) =>
        this.#host.metrics.series({ account, region }, { namespace: "AWS/S3", name: metric, dimensions, unit }),
      );
      this.#byConfiguration.set(configuration, found);
    }
    return found;
  }

  /** The tags of the object that a request has read, written or deleted. */
  #tagsOf({ operation, input }: AnsweredRequest, subject: Subject): TagSet {
    const before = input && this.#tagsBefore.get(input);
    return before ?? (OF_UPLOADS.has(operation) ? [] : this.#presentTags(subject));
  }

  #presentTags({ bucket, key = "", versionId }: Subject): TagSet {
    // of one that is refused for its length
    if (Buffer.byteLength(key) > MAX_KEY_BYTES) return [];
    if (versionId === undefined) return this.#store.object(bucket, key)?.tags ?? [];
    const version = isVersionId(versionId) ? this.#store.version(bucket, key, versionId) : undefined;
    return version && !isDeleteMarker(version) ? (version.tags ?? []) : [];
  }
}

/** Of a bucket's own requests, those that list what is in it are reported. Who opens a website or sends a form is after an object. */
const isReported = ({ operation }: AnsweredRequest, { key, door }: Subject): boolean =>
  key !== undefined || OF_MANY_OBJECTS.has(operation) || door === "website" || door === "form";

const hasAll = (tags: TagSet, wanted: TagSet): boolean =>
  wanted.every(({ Key, Value }) => tags.some((tag) => tag.Key === Key && tag.Value === Value));
