import type { Host } from "../../emulator/model/context.ts";
import type { Engine } from "../../emulator/model/service.ts";
import type { Timer } from "../../emulator/runtime/scheduler.ts";
import { publishGauges } from "./metrics.ts";
import { queueArn, topicOf } from "./model.ts";
import type { MoveTask, Queue } from "./model.ts";
import { MessageMover } from "./message-mover.ts";
import { SqsStore } from "./store.ts";

const GAUGES_INTERVAL_MS = 60_000;

/**
 * Tells whoever waits for messages of a queue that there may be some: after a change, and when a delay or a visibility
 * timeout ends. Moves messages for StartMessageMoveTask, and publishes what CloudWatch shows of queues.
 */
export class SqsEngine implements Engine {
  readonly #host: Host;
  readonly #store: SqsStore;
  readonly #mover: MessageMover;
  /** By queue id. */
  readonly #alarms = new Map<string, { readonly at: number; readonly timer: Timer }>();
  #gauges: Timer | undefined;

  constructor(host: Host) {
    this.#host = host;
    this.#store = new SqsStore(host, { account: "", region: "" });
    this.#mover = new MessageMover(host, (queue) => this.changed(queue));
  }

  start(): void {
    for (const queue of this.#store.all()) this.arm(queue);
    this.#mover.start();
    this.armGauges();
  }

  stop(): void {
    this.#mover.stop();
    this.#gauges?.cancel();
    for (const { timer } of this.#alarms.values()) timer.cancel();
    this.#alarms.clear();
  }

  /** To be called after every change of a queue's messages. */
  changed(queue: Queue): void {
    this.arm(queue);
    this.#host.signals.notify(topicOf(queue));
  }

  /** To be called after a queue was made: without queues there is nothing to tell CloudWatch, and no timer. */
  armGauges(): void {
    if (this.#gauges || this.#store.isEmpty()) return;
    this.#gauges = this.#host.scheduler.after(GAUGES_INTERVAL_MS, () => {
      this.#gauges = undefined;
      try {
        publishGauges(this.#host, this.#store);
      } finally {
        this.armGauges();
      }
    });
  }

  move(task: MoveTask): void {
    this.#mover.run(task);
  }

  /** Sets the alarm for what comes due next. */
  arm(queue: Queue): void {
    const at = this.#store.messages.nextDueAt(queue);
    const alarm = this.#alarms.get(queue.id);
    if (alarm?.at === at) return;
    alarm?.timer.cancel();
    this.#alarms.delete(queue.id);
    if (at === undefined) return;
    const timer = this.#host.scheduler.after(at - this.#host.clock.now(), () => {
      this.#alarms.delete(queue.id);
      if (this.#store.findByArn(queueArn(queue))?.id !== queue.id) return;
      this.#store.messages.settle(queue);
      this.changed(queue);
    });
    this.#alarms.set(queue.id, { at, timer });
  }
}
