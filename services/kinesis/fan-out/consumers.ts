import type { Host } from "../../../emulator/model/context.ts";
import type { KeyPart, Table } from "../../../emulator/storage/storage.ts";

/** A registered consumer of a stream, one row of kinesis/consumers. */
export interface Consumer {
  readonly name: string;
  /** The name of its stream. */
  readonly stream: string;
  /** Epoch seconds; its ARN ends with them. */
  readonly createdSeconds: number;
  readonly tags: Readonly<Record<string, string>>;
  /** What is under way; the status follows from it. It is kept, so that a restart finishes it. */
  readonly transition?: "create" | "delete";
}

/** How long a consumer is CREATING or DELETING: until the request has been answered. */
const TRANSITION_MS = 0;

/** The consumers of one account and region, in storage. */
export class Consumers {
  readonly #host: Host;
  readonly #scope: readonly [account: string, region: string];
  readonly #table: Table<Consumer>;
  readonly #arn: (stream: string) => string;
  /** When the last one of this stream and name was registered: the next one gets another ARN. */
  readonly #lastCreated = new Map<string, number>();

  constructor(host: Host, scope: readonly [account: string, region: string], streamArn: (stream: string) => string) {
    this.#host = host;
    this.#scope = scope;
    this.#table = host.storage.table("kinesis/consumers");
    this.#arn = streamArn;
    for (const consumer of this.#all()) if (consumer.transition) this.#completeSoon(consumer);
  }

  arn({ stream, name, createdSeconds }: Consumer): string {
    return `${this.#arn(stream)}/consumer/${name}:${createdSeconds}`;
  }

  find(stream: string, name: string): Consumer | undefined {
    return this.#table.get(this.#key({ stream, name }));
  }

  /** The consumers of a stream by name, after the name `after`. */
  *list(stream: string, after?: string): Generator<Consumer> {
    const prefix = [...this.#scope, stream];
    const start = after === undefined ? prefix : [...prefix, after];
    const end = [...prefix, "\uffff"];
    for (const { value } of this.#table.range({ start, end, exclusiveStart: true })) yield value;
  }

  count(stream: string): number {
    return [...this.list(stream)].length;
  }

  /** In all streams. */
  creating(): number {
    return [...this.#all()].filter(({ transition }) => transition === "create").length;
  }

  register(stream: string, name: string, tags: Consumer["tags"]): Consumer {
    const seconds = Math.floor(this.#host.clock.now() / 1000);
    const last = this.#lastCreated.get(`${stream}/${name}`) ?? 0;
    const consumer: Consumer = {
      name,
      stream,
      createdSeconds: Math.max(seconds, last + 1),
      tags,
      transition: "create",
    };
    this.#table.put(this.#key(consumer), consumer);
    this.#completeSoon(consumer);
    return consumer;
  }

  /** It is DELETING for an instant, then gone. */
  deregister(consumer: Consumer): void {
    const leaving: Consumer = { ...consumer, transition: "delete" };
    this.#table.put(this.#key(consumer), leaving);
    this.#completeSoon(leaving);
  }

  setTags(consumer: Consumer, tags: Consumer["tags"]): void {
    this.#table.put(this.#key(consumer), { ...consumer, tags });
  }

  /** Removes all those of a stream that is deleted. */
  clear(stream: string): readonly Consumer[] {
    const consumers = [...this.list(stream)];
    for (const consumer of consumers) this.#remember(consumer);
    this.#table.clear([...this.#scope, stream]);
    return consumers;
  }

  *#all(): Generator<Consumer> {
    for (const { value } of this.#table.under(this.#scope)) yield value;
  }

  #key({ stream, name }: Pick<Consumer, "stream" | "name">): KeyPart[] {
    return [...this.#scope, stream, name];
  }

  #remember({ stream, name, createdSeconds }: Consumer): void {
    const now = Math.floor(this.#host.clock.now() / 1000);
    // those of earlier seconds are in nobody's way
    for (const [key, seconds] of this.#lastCreated) if (seconds < now) this.#lastCreated.delete(key);
    this.#lastCreated.set(`${stream}/${name}`, createdSeconds);
  }

  #completeSoon({ stream, name, createdSeconds, transition }: Consumer): void {
    this.#host.scheduler.after(TRANSITION_MS, () => {
      const consumer = this.find(stream, name);
      if (consumer?.createdSeconds !== createdSeconds || consumer.transition !== transition) return;
      if (transition === "delete") {
        this.#remember(consumer);
        this.#table.remove(this.#key(consumer));
      } else {
        const { transition: _, ...active } = consumer;
        this.#table.put(this.#key(consumer), active);
      }
    });
  }
}
