import { createHash } from "node:crypto";
import type { Host } from "../../../emulator/model/context.ts";
import { SPACE_BYTES } from "../item-keys.ts";
import type { Table } from "../model.ts";
import { isChange, type Change } from "../streams/stream-record.ts";
import { changeRecord } from "./change-record.ts";
import { callAsLinkedRole, KinesisDelivery } from "./delivery.ts";
import { alreadyEnabled, notActive, notUpdatable, samePrecision } from "./errors.ts";
import { isLive, takesChanges, type KinesisDestination } from "./model.ts";
import { Outbox } from "./outbox.ts";

/** How long one that has ended is shown. */
const SHOWN_MS = 24 * 60 * 60 * 1000;
const NO_PERMISSION = "User does not have a permission to use kinesis stream";
const OTHER_REGION =
  "The kinesis Arn used to enable kinesis replication belongs to a stream which is not in the current region";
const NOT_ACTIVE =
  "The kinesis Arn used to enable kinesis replication belongs to a stream which is not in Active state";

/** What it needs of the tables. */
interface Tables {
  readonly account: string;
  readonly region: string;
  findTable(name: string): Table | undefined;
  tables(): Iterable<Table>;
  putTable(table: Table): void;
  allocateSpace(): number;
}

/** The Kinesis streams that changes of tables of one account and region go to. */
export class KinesisDestinations {
  readonly #tables: Tables;
  readonly #host: Host;
  readonly #outbox: Outbox;
  readonly #delivery: KinesisDelivery;
  /** By destination: the last time that was given, in its precision. Times never fall, and microseconds rise. */
  readonly #lastAt = new Map<number, number>();

  constructor(tables: Tables, host: Host) {
    this.#tables = tables;
    this.#host = host;
    this.#outbox = new Outbox(host.storage, tables);
    this.#delivery = new KinesisDelivery(host, this.#outbox, tables);
  }

  /** Goes on with what a restart has interrupted. */
  start(): void {
    for (const { name, kinesisDestinations } of this.#tables.tables()) {
      if (kinesisDestinations?.some(isLive) === true) this.#begin(name);
    }
    for (const space of this.#outbox.spaces()) this.#delivery.wake(space);
  }

  stop(): Promise<void> {
    return this.#delivery.stop();
  }

  /** The present one first, then those of the last day. */
  shown(table: Table): readonly KinesisDestination[] {
    const since = this.#host.clock.now() - SHOWN_MS;
    return (table.kinesisDestinations ?? []).filter(({ endedAt }) => endedAt === undefined || endedAt > since);
  }

  /** @throws AwsError ValidationException */
  enable(table: Table, streamArn: string, precision: KinesisDestination["precision"]): void {
    const others = this.shown(table).filter((each) => each.streamArn !== streamArn);
    if (this.shown(table).some(isLive)) throw alreadyEnabled();
    const space = this.#tables.allocateSpace();
    const enabling: KinesisDestination = { streamArn, status: "ENABLING", space, ...(precision && { precision }) };
    this.#tables.putTable({ ...table, kinesisDestinations: [enabling, ...others] });
    this.#begin(table.name);
  }

  /** @throws AwsError ValidationException */
  update(table: Table, streamArn: string, precision: NonNullable<KinesisDestination["precision"]>): void {
    const found = this.#of(table, streamArn);
    if (found?.status !== "ACTIVE") throw notUpdatable(table.name, streamArn);
    if ((found.precision ?? "MILLISECOND") === precision) throw samePrecision(precision, table.id, streamArn);
    this.#lastAt.delete(found.space); // they are counted in another unit
    this.#put(table, { ...found, status: "UPDATING", precision });
    this.#begin(table.name);
  }

  /** @throws AwsError ValidationException */
  disable(table: Table, streamArn: string): void {
    const found = this.#of(table, streamArn);
    if (found?.status === "DISABLING") return;
    if (found?.status !== "ACTIVE") throw notActive();
    this.#put(table, { ...found, status: "DISABLING" });
    this.#begin(table.name);
  }

  /** Keeps a change of the item at `key` for the stream. To be called in the transaction of the change. */
  record(table: Table, key: Uint8Array, change: Change): void {
    const to = table.kinesisDestinations?.find(takesChanges);
    if (to === undefined || !isChange(change)) return;
    const now = this.#host.clock.now();
    this.#outbox.put(to.space, {
      tableName: table.name,
      streamArn: to.streamArn,
      partitionKey: createHash("md5").update(key.subarray(SPACE_BYTES)).digest("hex").toUpperCase(),
      changedAt: now,
      text: changeRecord(table, change, {
        region: this.#tables.region,
        eventId: this.#host.ids.uuid(),
        at: this.#nextAt(to, now),
        precision: to.precision,
      }),
    });
    this.#delivery.wake(to.space);
  }

  #nextAt({ space, precision }: KinesisDestination, now: number): number {
    const last = this.#lastAt.get(space) ?? 0;
    const at = precision === "MICROSECOND" ? Math.max(now * 1000, last + 1) : Math.max(now, last);
    this.#lastAt.set(space, at);
    return at;
  }

  #of(table: Table, streamArn: string): KinesisDestination | undefined {
    return this.shown(table).find((each) => each.streamArn === streamArn);
  }

  #put(table: Table, changed: KinesisDestination): void {
    const kinesisDestinations = (table.kinesisDestinations ?? []).map((each) =>
      each.streamArn === changed.streamArn ? changed : each,
    );
    this.#tables.putTable({ ...table, kinesisDestinations });
  }

  #begin(name: string): void {
    this.#host.scheduler.after(0, () => this.#step(name));
  }

  /** Brings a destination from ENABLING, UPDATING and DISABLING to where it is going. */
  async #step(name: string): Promise<void> {
    const going = this.#tables.findTable(name)?.kinesisDestinations?.find(isLive);
    if (going === undefined || going.status === "ACTIVE") return;
    const failure = going.status === "ENABLING" ? await this.#obstacle(going.streamArn) : undefined;
    // as it is now: the table may have been changed while the stream was asked
    const table = this.#tables.findTable(name);
    const found = table?.kinesisDestinations?.find(({ space }) => space === going.space);
    if (table === undefined || found?.status !== going.status) return;
    const endedAt = this.#host.clock.now();
    if (failure !== undefined) this.#put(table, { ...found, status: "ENABLE_FAILED", description: failure, endedAt });
    else if (found.status === "DISABLING") this.#put(table, { ...found, status: "DISABLED", endedAt });
    else this.#put(table, { ...found, status: "ACTIVE" });
  }

  /** Why a stream cannot be a destination, as DescribeKinesisStreamingDestination says it. */
  async #obstacle(StreamARN: string): Promise<string | undefined> {
    const [, , service, region, account] = StreamARN.split(":");
    if (service !== "kinesis") return NO_PERMISSION;
    if (region !== this.#tables.region) return OTHER_REGION;
    if (account !== this.#tables.account) return NOT_ACTIVE;
    try {
      const call = callAsLinkedRole(this.#host, this.#tables);
      const { StreamDescriptionSummary } = await call("kinesis", "DescribeStreamSummary", { StreamARN });
      return StreamDescriptionSummary?.StreamStatus === "ACTIVE" ||
        StreamDescriptionSummary?.StreamStatus === "UPDATING"
        ? undefined
        : NO_PERMISSION;
    } catch {
      return NO_PERMISSION;
    }
  }
}
