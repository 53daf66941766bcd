import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "@jest/globals";
import { PIPELINES } from "../../pipelines/index.ts";
import { estimate, estimateLines } from "./estimate.ts";
import { WORKLOADS } from "./workload.ts";

const CODE = { CodeBucket: "code", CodeKey: "key" };

const stack = (pipeline: string, parameters: Readonly<Record<string, string>> = {}) => {
  const { folder } = PIPELINES.find(({ name }) => name === pipeline)!;
  const template = readFileSync(join(folder, "template.yaml"), "utf8");
  return { pipeline, template, parameters: { ...CODE, ...parameters } };
};

const costOf = (pipeline: string, resource: string, parameters?: Readonly<Record<string, string>>) =>
  estimate([stack(pipeline, parameters)], "us-east-1").lines.find((line) => line.resource === resource)!;

describe("estimate", () => {
  it("takes the stream's shards from the parameters", () => {
    // 730 hours of 0.015 dollars a shard, and some cents for the key
    expect(costOf("rivers", "Stream", { ShardCount: "1" }).idle).toBeCloseTo(10.95, 0);
    expect(costOf("rivers", "Stream", { ShardCount: "4" }).idle).toBeCloseTo(43.8, 0);
    expect(costOf("rivers", "Stream", { ShardCount: "4" }).for).toBe("4 shards");
  });

  it("counts an on-demand stream by the hour, and what is written and read by its size", () => {
    const { idle, perMillion } = costOf("weather", "Stream");
    expect(idle).toBeCloseTo(29.2, 0);
    expect(perMillion).toBeCloseTo(0.954 * (0.08 + 0.04), 2);
  });

  it("counts tables by their billing mode, which is a condition of the template", () => {
    expect(costOf("retail", "InvoicesTable")).toMatchObject({ for: "on demand", idle: 0 });
    const capacity = { BillingMode: "PROVISIONED", ReadCapacityUnits: "10", WriteCapacityUnits: "20" };
    const provisioned = costOf("retail", "InvoicesTable", capacity);
    expect(provisioned.for).toBe("10 read and 20 write units");
    expect(provisioned.idle).toBeCloseTo(730 * (10 * 0.00013 + 20 * 0.00065), 6);
  });

  it("counts each write once for the table and once for each index", () => {
    const { perMillion } = costOf("weather", "DaysTable");
    expect(perMillion).toBeCloseTo(3 * costOf("weather", "StationsTable").perMillion, 6);
  });

  it("counts a write of a transaction twice, and what it stores once", () => {
    // of each hundred events one write of a checkpoint
    const kept = (1e6 * 1024) / 2 ** 30 / 100;
    const { perMillion } = costOf("rivers", "CheckpointsTable");
    expect(perMillion).toBeCloseTo((2 * 0.625) / 100 + kept * 0.25, 6);
  });

  it("counts the metrics of an API's methods in a month with calls, and none of OPTIONS", () => {
    expect(costOf("sensors", "Stage")).toMatchObject({ for: "up to 5 metrics", idle: 0, perMillion: 1.5 });
    expect(costOf("retail", "Stage")).toMatchObject({ for: "up to 20 metrics", idle: 0, perMillion: 6 });
  });

  it.each(PIPELINES.map(({ name }) => name))(
    "knows every resource type of %s, and its workload names resources",
    (name) => {
      const { lines, unknown } = estimate([stack(name)], "us-east-1");
      expect(unknown).toEqual([]);
      const resources = lines.map(({ resource }) => resource);
      expect(resources).toEqual(expect.arrayContaining(Object.keys(WORKLOADS[name]!.operations)));
    },
  );

  it("names what it knows nothing of", () => {
    const template = "Resources: { Cluster: { Type: 'AWS::MSK::Cluster' }, Key: { Type: 'AWS::KMS::Key' } }";
    const found = estimate([{ pipeline: "other", template, parameters: {} }], "us-east-1");
    expect(found.unknown).toEqual(["other Cluster (AWS::MSK::Cluster)"]);
    expect(estimateLines(found, "us-east-1").join("\n")).toContain("Not estimated: other Cluster (AWS::MSK::Cluster).");
  });

  it("adds up, and says that another region may differ", () => {
    const text = estimateLines(estimate([stack("rivers"), stack("sensors")], "eu-central-1"), "eu-central-1").join(
      "\n",
    );
    expect(text).toMatch(/^rivers Stream +Kinesis Stream +2 shards +\$21\.9\d +\$0\.01$/m);
    expect(text).toMatch(/^Total +\$21\.\d\d +\$11\.\d\d$/m);
    expect(text).toContain("(those of eu-central-1 may differ)");
  });
});
