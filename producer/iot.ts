import { randomUUID } from "node:crypto";
import type { FirehoseClient } from "@aws-sdk/client-firehose";
import type { DeviceEvent } from "../handlers/iot/device-event.ts";
import type { ProducerRun, ProducerStats } from "./producer.ts";
import { firehoseStream } from "./put-record-batch.ts";
import { Pacer } from "./rate.ts";
import { RecordSender } from "./record-sender.ts";
import { Tally } from "./tally.ts";

export interface IotOptions {
  /** Closed at the end of the run. */
  readonly client: Pick<FirehoseClient, "send" | "destroy">;
  readonly deliveryStreamName: string;
  readonly devices: number;
  /** Events a second over all devices, 1 or more. */
  readonly rate: number;
  /** Of the events, 0 to 1. */
  readonly malformedShare: number;
  /** Ends after so many events. */
  readonly limit?: number;
  readonly signal: AbortSignal;
}

/** A device's readings wander from one to the next. */
class Device {
  readonly id: string;
  #celsius: number;
  #humidity: number;
  #battery = 100;

  constructor(index: number) {
    this.id = `device-${String(index + 1).padStart(3, "0")}`;
    this.#celsius = 16 + (index % 7) * 1.5;
    this.#humidity = 40 + (index % 5) * 6;
  }

  next(now: Date): DeviceEvent {
    this.#celsius += (Math.random() - 0.5) * 0.8;
    this.#humidity = Math.min(100, Math.max(0, this.#humidity + (Math.random() - 0.5) * 2));
    this.#battery = Math.max(0, this.#battery - Math.random() * 0.02);
    return {
      event_id: randomUUID(),
      device_id: this.id,
      timestamp: now.toISOString(),
      temperature_celsius: rounded(this.#celsius),
      humidity_percent: rounded(this.#humidity),
      battery_percent: rounded(this.#battery),
    };
  }
}

const rounded = (value: number): number => Math.round(value * 100) / 100;

/** What goes wrong in devices: a message that is cut off, one of a broken sensor, one without a device, noise. */
const DEFECTS: readonly ((event: DeviceEvent) => Buffer)[] = [
  (event) => Buffer.from(JSON.stringify(event).slice(0, 60)),
  (event) => Buffer.from(JSON.stringify({ ...event, temperature_celsius: "n/a" })),
  (event) => Buffer.from(JSON.stringify({ ...event, device_id: undefined })),
  (event) => Buffer.concat([Buffer.from([0xff, 0xfe, 0x00]), Buffer.from(event.event_id)]),
];

/** One run: devices that send events to Firehose, some of them malformed. */
export class IotRun implements ProducerRun {
  readonly unit = "event";
  readonly #options: IotOptions;
  readonly #sender: RecordSender;
  readonly #tally = new Tally();
  #malformed = 0;

  constructor(options: IotOptions) {
    this.#options = options;
    this.#sender = new RecordSender(firehoseStream(options.client, options.deliveryStreamName));
  }

  get stats(): ProducerStats {
    return this.#tally.with(this.#sender.stats);
  }

  get fraction(): number | undefined {
    return this.#options.limit === undefined ? undefined : this.#tally.read / this.#options.limit;
  }

  async run(): Promise<void> {
    try {
      await this.#sendEvents();
    } finally {
      await this.#sender.drain().finally(() => {
        this.#tally.end();
        this.#options.client.destroy();
      });
    }
  }

  async #sendEvents(): Promise<void> {
    const { devices: count, rate, limit = Infinity, malformedShare, signal } = this.#options;
    const devices = Array.from({ length: count }, (_, index) => new Device(index));
    const pacer = new Pacer(rate);
    while (this.#tally.read < limit) {
      await pacer.next(signal);
      if (signal.aborted) return;
      const device = devices[this.#tally.read % devices.length]!;
      const event = device.next(new Date());
      // spread evenly, so that a short run has its share too
      const isMalformed =
        Math.floor((this.#tally.read + 1) * malformedShare) > Math.floor(this.#tally.read * malformedShare);
      const defect = isMalformed ? DEFECTS[this.#malformed++ % DEFECTS.length] : undefined;
      await this.#sender.send({
        partitionKey: device.id,
        data: defect ? defect(event) : Buffer.from(JSON.stringify(event)),
      });
      this.#tally.read++;
    }
  }
}
