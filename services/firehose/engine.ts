import type { Host } from "../../emulator/model/context.ts";
import type { Engine } from "../../emulator/model/service.ts";
import { canAssume } from "../../emulator/model/service-role.ts";
import { BufferStore } from "./buffer-store.ts";
import { roleNotAssumable, streamNotFound } from "./errors.ts";
import type { DeliveryStream, Encryption, Scope, Segment } from "./model.ts";
import { streamArn } from "./names.ts";
import { deliveryRole } from "./role.ts";
import { FirehoseStore } from "./store.ts";
import { StreamRunner } from "./stream-runner.ts";

/** How long a stream is CREATING or DELETING, its encryption ENABLING or DISABLING: until the request has been answered. */
const TRANSITION_MS = 0;

/** All delivery streams of an emulator at work, and their ways from state to state. */
export class DeliveryEngine implements Engine {
  readonly #host: Host;
  readonly #runners = new Map<string, StreamRunner>();

  constructor(host: Host) {
    this.#host = host;
  }

  /** Goes on where the last run ended, also with what it had begun. */
  start(): void {
    for (const { scope, stream } of [...FirehoseStore.all(this.#host)]) {
      if (stream.status === "ACTIVE") this.#run(scope, stream);
      if (isOnItsWay(stream)) this.transit(scope, stream.name);
    }
  }

  async stop(): Promise<void> {
    await Promise.all([...this.#runners.values()].map((runner) => runner.stop()));
  }

  /** To be called after a stream was written with a state that it is to leave. */
  transit(scope: Scope, name: string): void {
    this.#host.scheduler.after(TRANSITION_MS, () => this.#settle(scope, name));
  }

  /** To be called after the settings of a stream were written. */
  configure(scope: Scope, stream: DeliveryStream): void {
    this.#runners.get(streamArn(scope, stream.name))?.configure(stream);
  }

  /** Buffers records durably. @throws AwsError ResourceNotFoundException for a stream that is not ACTIVE */
  accept(scope: Scope, stream: DeliveryStream, segment: Segment): void {
    const runner = this.#runners.get(streamArn(scope, stream.name));
    if (!runner) throw streamNotFound(stream.name, scope.account);
    runner.accept(segment);
  }

  /** @throws AwsError InvalidArgumentException */
  checkRole(scope: Scope, name: string, roleArn: string): void {
    if (!canAssume(this.#host, scope, deliveryRole(scope, name, roleArn))) throw roleNotAssumable(roleArn);
  }

  async #settle(scope: Scope, name: string): Promise<void> {
    const store = new FirehoseStore(this.#host, scope);
    const stream = store.find(name);
    if (!stream) return;
    if (stream.status === "DELETING") {
      const arn = streamArn(scope, name);
      const runner = this.#runners.get(arn);
      this.#runners.delete(arn);
      await runner?.remove();
      new BufferStore(this.#host, scope, stream).clear();
      store.remove(name);
      return;
    }
    const settled = store.update(name, { status: "ACTIVE", encryption: settledEncryption(stream.encryption) });
    if (stream.status === "CREATING") this.#run(scope, settled);
    else this.configure(scope, settled);
  }

  #run(scope: Scope, stream: DeliveryStream): void {
    this.#runners.set(streamArn(scope, stream.name), new StreamRunner(this.#host, scope, stream));
  }
}

const isOnItsWay = ({ status, encryption }: DeliveryStream): boolean =>
  status !== "ACTIVE" || encryption.status === "ENABLING" || encryption.status === "DISABLING";

function settledEncryption(encryption: Encryption): Encryption {
  if (encryption.status === "ENABLING") return { ...encryption, status: "ENABLED" };
  return encryption.status === "DISABLING" ? { status: "DISABLED" } : encryption;
}
