import type { Host } from "../../emulator/model/context.ts";
import type { Table } from "../../emulator/storage/storage.ts";
import { MessageStore } from "./message-store.ts";
import { queueArn, redrivePolicy } from "./model.ts";
import type { MoveTask, Queue, Scope } from "./model.ts";

/** For so long the name of a deleted queue cannot be used again. */
const NAME_REST_MS = 60_000;

const keyOf = ({ account, region, name }: Pick<Queue, "account" | "region" | "name">): string[] => [
  account,
  region,
  name,
];

/** Queues, of every account; their messages are in `messages`. */
export class SqsStore {
  readonly scope: Scope;
  readonly messages: MessageStore;
  readonly #host: Host;
  readonly #queues: Table<Queue>;
  readonly #deleted: Table<number>;
  readonly #tasks: Table<MoveTask>;

  constructor(host: Host, scope: Scope) {
    this.scope = scope;
    this.#host = host;
    this.messages = new MessageStore(host);
    this.#queues = host.storage.table("sqs/queues");
    this.#deleted = host.storage.table("sqs/deleted");
    this.#tasks = host.storage.table("sqs/move-tasks");
  }

  /** A queue of this region, by default of this account. */
  find(name: string, account = this.scope.account): Queue | undefined {
    return this.#queues.get([account, this.scope.region, name]);
  }

  /** A queue of any account and region. */
  findByArn(arn: string): Queue | undefined {
    const [, , service, region = "", account = "", name = ""] = arn.split(":");
    return service === "sqs" ? this.#queues.get([account, region, name]) : undefined;
  }

  /** Queues of this account and region in the order of their names, from after `afterName`. */
  *list(prefix = "", afterName?: string): Generator<Queue> {
    const { account, region } = this.scope;
    const start = [account, region, afterName !== undefined && afterName > prefix ? afterName : prefix];
    for (const { value } of this.#queues.range({ start, end: [account, region, "~"] })) {
      if (!value.name.startsWith(prefix)) return;
      if (value.name !== afterName) yield value;
    }
  }

  *all(): Generator<Queue> {
    for (const { value } of this.#queues.range()) yield value;
  }

  /** Whether there is no queue at all. */
  isEmpty(): boolean {
    // a loop, not next(): an iterator that is left open holds on to its snapshot of the storage
    for (const _any of this.all()) return false;
    return true;
  }

  put(queue: Queue): void {
    this.#queues.put(keyOf(queue), queue);
  }

  /** Whether a queue of this name was deleted less than a minute ago. */
  isResting(name: string): boolean {
    const deletedAt = this.#deleted.get([this.scope.account, this.scope.region, name]);
    return deletedAt !== undefined && this.#host.clock.now() - deletedAt < NAME_REST_MS;
  }

  /** Removes a queue with its messages and the tasks that moved them away. */
  remove(queue: Queue): void {
    this.#host.storage.write(() => {
      const now = this.#host.clock.now();
      for (const { key, value } of [...this.#deleted.range()]) {
        if (now - value >= NAME_REST_MS) this.#deleted.remove(key);
      }
      this.#queues.remove(keyOf(queue));
      this.#deleted.put(keyOf(queue), now);
      this.messages.removeAll(queue);
      this.#tasks.clear([queue.account, queue.region, queueArn(queue)]);
    });
  }

  /** The queues of this account and region that have `target` as their dead-letter queue. */
  sourcesOf(target: Queue): Queue[] {
    const arn = queueArn(target);
    return [...this.list()].filter((queue) => redrivePolicy(queue)?.deadLetterTargetArn === arn);
  }

  /** The tasks that move messages out of a queue, the youngest first. */
  moveTasks(sourceArn: string): MoveTask[] {
    const { account, region } = this.scope;
    return [...this.#tasks.under([account, region, sourceArn], { reverse: true })].map(({ value }) => value);
  }

  *allMoveTasks(): Generator<MoveTask> {
    for (const { value } of this.#tasks.range()) yield value;
  }

  putMoveTask(task: MoveTask): void {
    this.#tasks.put([task.account, task.region, task.sourceArn, task.startedAt, task.id], task);
  }

  removeMoveTask(task: MoveTask): void {
    this.#tasks.remove([task.account, task.region, task.sourceArn, task.startedAt, task.id]);
  }

  moveTask({ account, region, sourceArn, startedAt, id }: MoveTask): MoveTask | undefined {
    return this.#tasks.get([account, region, sourceArn, startedAt, id]);
  }
}
