import type { Storage, Table } from "../../../emulator/storage/storage.ts";
import { mappingExists } from "./errors.ts";
import type { Mapping, OpenWindow, Position } from "./model.ts";
import type { Start } from "./start.ts";

type Id = Pick<Mapping, "account" | "region" | "uuid">;

const keyOf = ({ account, region, uuid }: Id): string[] => [account, region, uuid];

/** Mappings by [account, region, uuid]; the position and the tumbling window of each of their shards by [account, region, uuid, shard]. */
export class MappingStore {
  readonly #storage: Storage;
  readonly #mappings: Table<Mapping>;
  readonly #checkpoints: Table<Position>;
  readonly #windows: Table<OpenWindow>;

  constructor(storage: Storage) {
    this.#storage = storage;
    this.#mappings = storage.table("lambda/mappings");
    this.#checkpoints = storage.table("lambda/checkpoints");
    this.#windows = storage.table("lambda/windows");
  }

  get(account: string, region: string, uuid: string): Mapping | undefined {
    return this.#mappings.get([account, region, uuid]);
  }

  put(mapping: Mapping): void {
    this.#mappings.put(keyOf(mapping), mapping);
  }

  /** Merges `changes` into the mapping as it stands; does nothing when it is gone. */
  patch(id: Id, changes: Partial<Mapping>): Mapping | undefined {
    return this.#storage.write(() => {
      const mapping = this.#mappings.get(keyOf(id));
      if (!mapping) return undefined;
      const changed = { ...mapping, ...changes };
      this.#mappings.put(keyOf(id), changed);
      return changed;
    });
  }

  /** Removes the mapping and all of its checkpoints. */
  remove(mapping: Id): void {
    this.#storage.write(() => {
      this.#mappings.remove(keyOf(mapping));
      this.#forget(mapping);
    });
  }

  #forget(mapping: Id): void {
    this.#checkpoints.clear(keyOf(mapping));
    this.#windows.clear(keyOf(mapping));
  }

  /** Mappings of one account and region in the order of their ids, from after `afterUuid`. */
  *list(account: string, region: string, afterUuid?: string): Generator<Mapping> {
    const range =
      afterUuid === undefined
        ? this.#mappings.under([account, region])
        : this.#mappings.range({
            start: [account, region, afterUuid],
            exclusiveStart: true,
            // the next sibling of the region: uuids are made of characters below "~"
            end: [account, region, "~"],
          });
    for (const { value } of range) yield value;
  }

  *all(): Generator<Mapping> {
    for (const { value } of this.#mappings.range()) yield value;
  }

  positions(mapping: Id): Map<string, Position> {
    const positions = new Map<string, Position>();
    for (const { key, value } of this.#checkpoints.under(keyOf(mapping))) positions.set(String(key[3]), value);
    return positions;
  }

  checkpoint(mapping: Id, shardId: string, position: Position): void {
    this.#checkpoints.put([...keyOf(mapping), shardId], position);
  }

  window(mapping: Id, shardId: string): OpenWindow | undefined {
    return this.#windows.get([...keyOf(mapping), shardId]);
  }

  /** Keeps a shard's tumbling window as it stands; undefined: none is open. */
  putWindow(mapping: Id, shardId: string, window: OpenWindow | undefined): void {
    const key = [...keyOf(mapping), shardId];
    if (window) this.#windows.put(key, window);
    else this.#windows.remove(key);
  }

  /** Both at once: the state in the window is of the records up to the checkpoint. */
  checkpointWithWindow(mapping: Id, shardId: string, position: Position, window: OpenWindow | undefined): void {
    this.#storage.write(() => {
      this.checkpoint(mapping, shardId, position);
      this.putWindow(mapping, shardId, window);
    });
  }

  /** Drops the checkpoints of shards that the stream no longer lists. */
  forgetAllBut(mapping: Id, shardIds: ReadonlySet<string>): void {
    this.#storage.write(() => {
      for (const shardId of this.positions(mapping).keys()) {
        if (shardIds.has(shardId)) continue;
        this.#checkpoints.remove([...keyOf(mapping), shardId]);
        this.#windows.remove([...keyOf(mapping), shardId]);
      }
    });
  }

  /** Replaces all checkpoints by those of a start. */
  begin(mapping: Id, { streamCreatedAt, positions }: Pick<Start, "streamCreatedAt" | "positions">): void {
    this.#storage.write(() => {
      if (!this.patch(mapping, { streamCreatedAt })) return;
      this.#forget(mapping);
      for (const [shardId, position] of positions) this.checkpoint(mapping, shardId, position);
    });
  }

  /**
   * Keeps a new mapping, together with its first positions when it is to run.
   * @throws AwsError ResourceConflictException when the function reads this stream already
   */
  create(mapping: Mapping, start?: Pick<Start, "streamCreatedAt" | "positions">): void {
    this.#storage.write(() => {
      this.refuseDuplicate(mapping);
      this.put(mapping);
      if (start) this.begin(mapping, start);
    });
  }

  /** @throws AwsError ResourceConflictException */
  refuseDuplicate({ account, region, uuid, eventSourceArn, functionArn }: Mapping): void {
    for (const other of this.list(account, region)) {
      const isSame = other.eventSourceArn === eventSourceArn && other.functionArn === functionArn;
      if (isSame && other.uuid !== uuid) throw mappingExists(other);
    }
  }
}
