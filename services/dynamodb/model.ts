import type { KeyAttribute } from "./expressions/index.ts";
import type { Filling, Recovery } from "./backups/model.ts";
import type { Insights } from "./contributor-insights/model.ts";
import type { Replica } from "./global-tables/model.ts";
import type { KinesisDestination } from "./kinesis-destinations/model.ts";
import type { TableStream } from "./streams/model.ts";
import type { TimeToLive } from "./time-to-live/expiry-index.ts";

/** What the keys of a table or an index are made of: one attribute each, but for global indexes, whose keys may have up to four. */
export interface Keys {
  readonly partition: readonly [KeyAttribute, ...KeyAttribute[]];
  /** In the order in which they sort; empty where there is no sort key. */
  readonly sort: readonly KeyAttribute[];
}

/** Epoch milliseconds everywhere. */
export interface Throughput {
  readonly readUnits: number;
  readonly writeUnits: number;
  readonly lastIncreaseAt?: number;
  readonly lastDecreaseAt?: number;
  readonly decreasesToday: number;
}

/** What an on-demand table or index takes at most, a second. */
export interface OnDemandLimits {
  readonly reads?: number;
  readonly writes?: number;
}

/** What a table or index takes at once, a second. */
export interface WarmThroughput {
  readonly reads: number;
  readonly writes: number;
}

export interface IndexProjection {
  readonly type: "ALL" | "KEYS_ONLY" | "INCLUDE";
  readonly nonKeyAttributes?: readonly string[];
}

export interface Index {
  readonly name: string;
  readonly kind: "global" | "local";
  readonly keys: Keys;
  readonly projection: IndexProjection;
  /** Where its entries stand in the storage, see item-store.ts. */
  readonly space: number;
  /** Local indexes live and die with their table: theirs is always ACTIVE. */
  readonly status: "CREATING" | "UPDATING" | "DELETING" | "ACTIVE";
  /** While the items that were there before the index are copied into it: how far the copying has come. */
  readonly backfill?: { readonly after?: Uint8Array };
  readonly throughput?: Throughput;
  readonly onDemand?: OnDemandLimits | undefined;
  readonly warm?: WarmThroughput | undefined;
  /** Where contributor insights have been on. */
  readonly insights?: Insights;
}

export interface Table {
  readonly name: string;
  readonly arn: string;
  readonly id: string;
  readonly space: number;
  readonly status: "CREATING" | "UPDATING" | "DELETING" | "ACTIVE";
  readonly attributeTypes: Readonly<Record<string, "S" | "N" | "B">>;
  readonly keys: Keys;
  readonly indexes: readonly Index[];
  readonly billingMode: "PROVISIONED" | "PAY_PER_REQUEST";
  readonly payPerRequestSince?: number;
  /** Whether the answer names the billing mode: a table that was always PROVISIONED has no BillingModeSummary. */
  readonly billingModeSet: boolean;
  readonly throughput: Throughput;
  readonly onDemand?: OnDemandLimits | undefined;
  readonly warm?: WarmThroughput | undefined;
  /** Encrypted by the key that AWS manages, not by one that it owns. */
  readonly hasManagedKey?: boolean;
  readonly tableClass?: "STANDARD" | "STANDARD_INFREQUENT_ACCESS";
  readonly tableClassChangedAt?: number;
  readonly deletionProtection: boolean;
  /** The latest one, also when it has been disabled. */
  readonly stream?: TableStream;
  /** The other tables of the global table that it is one of. */
  readonly replicas?: readonly Replica[];
  /** The Kinesis stream that its changes go to, and those that they have gone to before. */
  readonly kinesisDestinations?: readonly KinesisDestination[];
  readonly timeToLive?: TimeToLive;
  /** The last time that time to live was enabled or disabled. */
  readonly timeToLiveChangedAt?: number;
  /** Point-in-time recovery, where it is enabled. */
  readonly recovery?: Recovery;
  /** Spaces of the logs that its changes are put in: that of its recovery, and one of each backup that is being made. */
  readonly logs?: readonly number[];
  /** Where contributor insights have been on. */
  readonly insights?: Insights;
  /** A table that is being restored or imported: it stays CREATING until it has its items. */
  readonly filling?: Filling;
  readonly createdAt: number;
  readonly tags: Readonly<Record<string, string>>;
}

export const MAX_ITEM_BYTES = 400 * 1024;
/** A page of Query or Scan ends when this much has been read. */
export const MAX_PAGE_BYTES = 1024 * 1024;

/** The key attributes of a table or index, those of the partition key first. */
export const keyAttributes = ({ partition, sort }: Keys): readonly KeyAttribute[] =>
  sort.length === 0 ? partition : [...partition, ...sort];

/** Their names, in the same order. */
export const keyNames = (keys: Keys): string[] => keyAttributes(keys).map(({ name }) => name);
