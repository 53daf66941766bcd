import type { Host } from "../../emulator/model/context.ts";
import type { Storage, Table } from "../../emulator/storage/storage.ts";
import { AlarmStore } from "./alarms/store.ts";
import { ContributionStore } from "./insights/contribution-store.ts";
import { OwnRules } from "./insights/own-rules.ts";
import { MetricStore } from "./metric-store.ts";
import type { Bucket, Dashboard, Metric } from "./model.ts";

/** What CloudWatch keeps of one account and region; dashboards are the account's. */
export class CloudWatchStore {
  readonly alarms: AlarmStore;
  readonly metrics: MetricStore;
  readonly contributions: ContributionStore;
  readonly ownRules: OwnRules;
  readonly #storage: Storage;
  readonly #account: string;
  readonly #dashboards: Table<Dashboard>;

  constructor(
    host: Pick<Host, "contributions" | "storage" | "clock" | "ids">,
    scope: { account: string; region: string },
  ) {
    this.alarms = new AlarmStore(host, scope);
    this.metrics = new MetricStore(host, scope);
    this.contributions = new ContributionStore(host, scope);
    this.ownRules = new OwnRules(host, scope);
    this.#storage = host.storage;
    this.#account = scope.account;
    this.#dashboards = host.storage.table("cloudwatch/dashboards");
  }

  /** Keeps what one call published, as a whole. */
  publish(points: readonly { readonly metric: Metric; readonly bucket: Bucket }[]): void {
    this.#storage.write(() => {
      for (const { metric, bucket } of points) {
        // a set of no samples makes the metric known and nothing more
        this.metrics.add(metric, bucket.data.count > 0 ? [bucket] : []);
      }
    });
  }

  dashboard(name: string): Dashboard | undefined {
    return this.#dashboards.get([this.#account, name]);
  }

  /** In the order of their names. */
  dashboards(): Dashboard[] {
    return [...this.#dashboards.under([this.#account])].map(({ value }) => value);
  }

  putDashboard(dashboard: Dashboard): void {
    this.#dashboards.put([this.#account, dashboard.name], dashboard);
  }

  removeDashboards(names: readonly string[]): void {
    this.#storage.write(() => {
      for (const name of names) this.#dashboards.remove([this.#account, name]);
    });
  }
}
