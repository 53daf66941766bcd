import type { Range, Table as StorageTable } from "../../../emulator/storage/storage.ts";

/*
 * The records of all streams in one ordered map:
 *
 *   number of the stream (4 bytes) · number of the shard (4) · position (8)  ->  the record's text, see stream-record.ts
 */
const KEY_BYTES = 16;
const WORD = 2 ** 32;

export interface KeptRecord {
  readonly position: number;
  readonly text: string;
}

export class RecordLog {
  readonly #records: StorageTable<string>;

  constructor(records: StorageTable<string>) {
    this.#records = records;
  }

  append(streamId: number, shardNumber: number, position: number, text: string): void {
    this.#records.put(keyOf(streamId, shardNumber, position), text);
  }

  /** Lazily, from `position` on. */
  *read(
    streamId: number,
    shardNumber: number,
    position: number,
    options: Pick<Range, "limit" | "reverse"> = {},
  ): Generator<KeptRecord> {
    const range = {
      ...options,
      start: keyOf(streamId, shardNumber, position),
      end: keyOf(streamId, shardNumber + 1, 0),
    };
    for (const { key, value } of this.#records.range(range)) yield { position: keyPosition(key), text: value };
  }

  /** The first one at `position` or behind it. */
  first(streamId: number, shardNumber: number, position: number): KeptRecord | undefined {
    for (const kept of this.read(streamId, shardNumber, position, { limit: 1 })) return kept;
    return undefined;
  }

  last(streamId: number, shardNumber: number): KeptRecord | undefined {
    for (const kept of this.read(streamId, shardNumber, 0, { limit: 1, reverse: true })) return kept;
    return undefined;
  }

  /** Removes up to `limit` records of a shard that nobody can read any more; false when there are none. */
  purge(streamId: number, shardNumber: number, limit: number): boolean {
    const range = { start: keyOf(streamId, shardNumber, 0), end: keyOf(streamId, shardNumber + 1, 0), limit };
    const keys = [...this.#records.keys(range)] as unknown as Uint8Array[];
    for (const key of keys) this.#records.remove(key);
    return keys.length === limit;
  }
}

function keyOf(streamId: number, shardNumber: number, position: number): Buffer {
  const key = Buffer.allocUnsafe(KEY_BYTES);
  key.writeUInt32BE(streamId, 0);
  key.writeUInt32BE(shardNumber, 4);
  key.writeUInt32BE(Math.floor(position / WORD), 8);
  key.writeUInt32BE(position % WORD, 12);
  return key;
}

/** Binary keys come as bytes, whatever the type of the map says. */
function keyPosition(key: unknown): number {
  const { buffer, byteOffset, byteLength } = key as Uint8Array;
  const view = new DataView(buffer, byteOffset, byteLength);
  return view.getUint32(8) * WORD + view.getUint32(12);
}
