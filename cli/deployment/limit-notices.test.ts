import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "@jest/globals";
import { findPipeline } from "../pipelines/index.ts";
import { findTarget } from "../targets/index.ts";
import { limitNotices } from "./limit-notices.ts";

/** What is told of a deployment of a pipeline's own template. */
async function noticesOf(name: string, options: { target?: string; parameters?: object; modified?: object[] } = {}) {
  const { target = "localstack", parameters = {}, modified = [] } = options;
  const pipeline = findPipeline(name);
  const template = readFileSync(join(pipeline.folder, "template.yaml"), "utf8");
  const changes = modified.map((each) => ({ ResourceChange: { Action: "Modify" as const, ...each } }));
  const given = { CodeBucket: "code", CodeKey: "key", ...parameters };
  const planned = { changes, parameters: given };
  const lines = limitNotices({ pipeline, template, planned }, await findTarget({ target, endpoint: "http://none" }));
  return lines.join("\n");
}

describe("limitNotices", () => {
  it("names the settings that LocalStack does nothing with, the resources that have them, and what becomes of it", async () => {
    const notices = await noticesOf("retail");
    expect(notices).toMatch(/^retail: LocalStack takes these settings and does nothing with them:$/m);
    expect(notices).toMatch(
      /^ {2}BisectBatchOnFunctionError of ArchiveMapping, StoreMapping:\n {4}The batch is tried again as it is/m,
    );
    expect(notices).toMatch(/^ {2}Policies of IngestRole, /m);
    expect(notices).toMatch(/RetentionInDays of IngestLogGroup, /);
    expect(notices).toMatch(/MetricName of ArchiveIteratorAgeAlarm, StoreIteratorAgeAlarm/);
  });

  it("passes over values that lose nothing, by the parameters of the deployment", async () => {
    expect(await noticesOf("retail")).not.toContain("DeletionProtectionEnabled");
    const isProtected = { parameters: { TableDeletionProtection: "true" } };
    expect(await noticesOf("retail", isProtected)).toContain(
      "DeletionProtectionEnabled of InvoicesTable, CustomersTable",
    );
    expect(await noticesOf("rivers")).not.toMatch(/ParallelizationFactor|RetentionPeriodHours/);
    expect(await noticesOf("iot")).not.toContain("CompressionFormat");
    expect(await noticesOf("iot")).toContain("ExtendedS3DestinationConfiguration.BufferingHints of DeliveryStream");
  });

  it("names the changes that LocalStack takes and does not make", async () => {
    const table = { LogicalResourceId: "InvoicesTable", ResourceType: "AWS::DynamoDB::Table", Replacement: "False" };
    const code = { LogicalResourceId: "Ingest", ResourceType: "AWS::Lambda::Function", Replacement: "False" };
    const replaced = { LogicalResourceId: "Stream", ResourceType: "AWS::Kinesis::Stream", Replacement: "True" };
    const notices = await noticesOf("retail", { modified: [table, code, replaced] });
    expect(notices).toMatch(
      /^retail: LocalStack takes these changes and does nothing with them:\n {2}InvoicesTable: Of tables, /m,
    );
  });

  it("says nothing of targets that do all of it", async () => {
    expect(await noticesOf("retail", { target: "embedded" })).toBe("");
  });
});
