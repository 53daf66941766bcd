import type { Host } from "../../emulator/model/context.ts";
import type { AnsweredRequest, Door, DoorAnswer, DoorRequest, Engine, Service } from "../../emulator/model/service.ts";
import { hostId } from "../../emulator/protocol/encode-error.ts";
import { AccessLogDelivery } from "./access-log/delivery.ts";
import { recordsOf } from "./access-log/requests.ts";
import { answerPreflight, isPreflight, pageHeaders } from "./cors.ts";
import { EventDelivery } from "./event-delivery.ts";
import { findFormUpload } from "./form-upload/form-upload.ts";
import { LifecycleSweep } from "./lifecycle-sweep.ts";
import { OrphanSweep } from "./orphan-sweep.ts";
import { RestorationWatch } from "./restoration-watch.ts";
import { RequestMetrics } from "./request-metrics/request-metrics.ts";
import { S3Store } from "./store.ts";
import { websiteOf } from "./website/address.ts";
import { answerWebsite, type WebsiteKeeper } from "./website/website.ts";

/** What S3 does by itself, and for browsers. */
export class S3Engine implements Engine {
  readonly #orphans: OrphanSweep;
  readonly #lifecycle: LifecycleSweep;
  readonly #events: EventDelivery;
  readonly #restorations: RestorationWatch;
  readonly #accessLogs: AccessLogDelivery;
  readonly #websites: WebsiteKeeper;
  readonly #host: Host;
  readonly requestMetrics: RequestMetrics;

  /** @param service of which this is the engine; known later */
  constructor(host: Host, service: () => Service) {
    this.#host = host;
    this.#orphans = new OrphanSweep(host);
    this.#lifecycle = new LifecycleSweep(host);
    this.#events = new EventDelivery(host);
    this.#restorations = new RestorationWatch(host);
    this.#accessLogs = new AccessLogDelivery(host);
    this.#websites = { host, service, store: new S3Store(host, { account: "" }) };
    this.requestMetrics = new RequestMetrics(host, this.#websites.store);
  }

  start(): void {
    this.#orphans.start();
    this.#lifecycle.start();
    this.#events.start();
    this.#restorations.start();
    this.#accessLogs.start();
  }

  async stop(): Promise<void> {
    this.#restorations.stop();
    const running = [this.#lifecycle, this.#events, this.#accessLogs].map((one) => one.stop());
    await Promise.all([...running, S3Store.stop(this.#host)]);
  }

  door(request: DoorRequest): Door | undefined {
    const door = this.#doorOf(request);
    return door && identified(door, request.requestId);
  }

  #doorOf(request: DoorRequest): Door | undefined {
    const { store } = this.#websites;
    if (isPreflight(store, request)) return async () => answerPreflight(store, request);
    const website = websiteOf(request);
    if (website === undefined) return findFormUpload(request, this.#websites);
    return async () => {
      const answer = await answerWebsite(this.#websites, website, request);
      Object.assign(answer.headers, pageHeaders(store, request));
      return answer;
    };
  }

  answered(request: AnsweredRequest): void {
    this.#accessLogs.add([...recordsOf(this.#websites.store, request)]);
    this.requestMetrics.answered(request);
  }

  pageHeaders(request: DoorRequest): Readonly<Record<string, string>> | undefined {
    return pageHeaders(this.#websites.store, request);
  }
}

/** S3's own names for a request are in every answer. */
function identified(door: Door, requestId: string): Door {
  const identify = async (): Promise<DoorAnswer> => {
    const answer = await door();
    answer.headers["x-amz-request-id"] = requestId;
    answer.headers["x-amz-id-2"] = hostId(requestId);
    return answer;
  };
  return Object.assign(identify, door.needsAdmission && { needsAdmission: door.needsAdmission });
}
