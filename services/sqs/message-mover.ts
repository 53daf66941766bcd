import type { Host } from "../../emulator/model/context.ts";
import { AwsError } from "../../emulator/model/errors.ts";
import type { Timer } from "../../emulator/runtime/scheduler.ts";
import { queueNotFound } from "./errors.ts";
import type { Content, MoveTask, Queue } from "./model.ts";
import { SqsStore } from "./store.ts";

/** Of a task without a rate: other requests are served between its steps. */
const MOST_AT_ONCE = 100;
const NO_SOURCE = "CouldNotDetermineMessageSource";

/** Runs the tasks of StartMessageMoveTask, step by step; what a step moved is kept with the task in one transaction. */
export class MessageMover {
  readonly #host: Host;
  readonly #changed: (queue: Queue) => void;
  readonly #timers = new Set<Timer>();

  constructor(host: Host, changed: (queue: Queue) => void) {
    this.#host = host;
    this.#changed = changed;
  }

  /** Goes on with what was under way. */
  start(): void {
    const store = new SqsStore(this.#host, { account: "", region: "" });
    for (const task of [...store.allMoveTasks()]) this.run(task);
  }

  stop(): void {
    for (const timer of this.#timers) timer.cancel();
  }

  run(task: MoveTask): void {
    if (task.status !== "RUNNING" && task.status !== "CANCELLING") return;
    const timer = this.#host.scheduler.after(task.messagesPerSecond === undefined ? 0 : 1000, () => {
      this.#timers.delete(timer);
      this.#step(task);
    });
    this.#timers.add(timer);
  }

  #step(begun: MoveTask): void {
    const store = new SqsStore(this.#host, begun);
    const task = store.moveTask(begun);
    if (!task) return;
    if (task.status === "CANCELLING") return store.putMoveTask({ ...task, status: "CANCELLED" });
    const queues = new Set<Queue>();
    const next = this.#host.storage.write(() => {
      const moved = this.#move(store, task, queues);
      store.putMoveTask(moved);
      return moved;
    });
    for (const queue of queues) this.#changed(queue);
    this.run(next);
  }

  #move(store: SqsStore, task: MoveTask, queues: Set<Queue>): MoveTask {
    const source = store.findByArn(task.sourceArn);
    if (!source) return { ...task, status: "FAILED", failureReason: failureOf(queueNotFound()) };
    const most = task.messagesPerSecond ?? MOST_AT_ONCE;
    let moved = 0;
    try {
      // one by one: a message that cannot go anywhere leaves those before it where they went
      while (moved < most) {
        const step = store.messages.move(source, 1, (content) => this.#target(store, task, content));
        if (step.moved === 0) return { ...task, moved: task.moved + moved, status: "COMPLETED" };
        moved += step.moved;
        queues.add(source);
        for (const target of step.targets) queues.add(target);
      }
      return { ...task, moved: task.moved + moved };
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      return { ...task, moved: task.moved + moved, status: "FAILED", failureReason: failureOf(error) };
    }
  }

  #target(store: SqsStore, { destinationArn }: MoveTask, { deadLetterSourceArn }: Content): Queue {
    const arn = destinationArn ?? deadLetterSourceArn;
    if (arn === undefined) throw new AwsError({ code: NO_SOURCE, status: 400 }, NO_SOURCE);
    const queue = store.findByArn(arn);
    if (!queue) throw queueNotFound();
    return queue;
  }
}

/** The codes that the query protocol has. */
const failureOf = (error: AwsError): string =>
  error.name === "QueueDoesNotExist" ? "AWS.SimpleQueueService.NonExistentQueue" : error.name;
