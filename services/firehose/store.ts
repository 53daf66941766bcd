import type { Host } from "../../emulator/model/context.ts";
import type { Table } from "../../emulator/storage/storage.ts";
import { streamExists, streamNotFound } from "./errors.ts";
import type { DeliveryStream, Scope } from "./model.ts";

/** The delivery streams of one account and region, by name. What they buffer is in `BufferStore`. */
export class FirehoseStore {
  readonly #scope: Scope;
  readonly #streams: Table<DeliveryStream>;

  constructor(host: Host, scope: Scope) {
    this.#scope = scope;
    this.#streams = host.storage.table("firehose/streams");
  }

  /** Every stream of every account and region. */
  static *all(host: Host): Generator<{ scope: Scope; stream: DeliveryStream }> {
    for (const { key, value } of host.storage.table<DeliveryStream>("firehose/streams").range()) {
      yield { scope: { account: String(key[0]), region: String(key[1]) }, stream: value };
    }
  }

  find(name: string): DeliveryStream | undefined {
    return this.#streams.get(this.#key(name));
  }

  /** @throws AwsError ResourceNotFoundException */
  stream(name: string): DeliveryStream {
    const stream = this.find(name);
    if (!stream) throw streamNotFound(name, this.#scope.account);
    return stream;
  }

  /** By name, after the name `after`. */
  *list(after = ""): Generator<DeliveryStream> {
    const { account, region } = this.#scope;
    for (const { value } of this.#streams.range({
      start: [account, region, after],
      end: [account, region, "\uffff"],
      exclusiveStart: true,
    })) {
      yield value;
    }
  }

  /** @throws AwsError ResourceInUseException */
  create(stream: DeliveryStream): void {
    if (this.find(stream.name)) throw streamExists(stream.name, this.#scope.account);
    this.#streams.put(this.#key(stream.name), stream);
  }

  /** @throws AwsError ResourceNotFoundException */
  update(name: string, change: Partial<DeliveryStream>): DeliveryStream {
    const stream = { ...this.stream(name), ...change };
    this.#streams.put(this.#key(name), stream);
    return stream;
  }

  remove(name: string): void {
    this.#streams.remove(this.#key(name));
  }

  #key(name: string): string[] {
    return [this.#scope.account, this.#scope.region, name];
  }
}
