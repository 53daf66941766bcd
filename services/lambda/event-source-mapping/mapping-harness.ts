import { MappingEngine } from "./engine.ts";
import { FakeAws, FunctionError, type KinesisEvent } from "./fake-aws.ts";
import type { Mapping, Position, Settings } from "./model.ts";

export const keys = (count: number): string[] => Array.from({ length: count }, (_, index) => `k${index}`);

export const sequenceNumbers = (event: KinesisEvent): string[] =>
  event.Records.map((record) => record.kinesis.sequenceNumber);

/** An engine on fakes, with one stream of one shard. */
export class MappingHarness {
  readonly aws = new FakeAws();
  readonly engine = new MappingEngine(this.aws.host, this.aws.invoker);

  constructor() {
    this.aws.addShard("shard-0");
  }

  async create(settings: Partial<Settings> = {}, of: Partial<Mapping> = {}): Promise<Mapping> {
    const mapping = this.aws.mapping(settings, of);
    await this.engine.create(mapping);
    return mapping;
  }

  /** The mapping as it stands. */
  now({ account, region, uuid }: Mapping): Mapping | undefined {
    return this.engine.store.get(account, region, uuid);
  }

  position(mapping: Mapping, shardId = "shard-0"): Position | undefined {
    return this.engine.store.positions(mapping).get(shardId);
  }

  /** Has the function fail where told. @returns the batches that it succeeds with, as sequence numbers, as they come */
  collect(fails: (event: KinesisEvent) => boolean = () => false): string[][] {
    const batches: string[][] = [];
    this.aws.handler = (event) => {
      if (fails(event)) throw new FunctionError("bad");
      batches.push(sequenceNumbers(event));
    };
    return batches;
  }

  async stop(): Promise<void> {
    await this.engine.stop();
    await this.aws.storage.close();
  }
}
