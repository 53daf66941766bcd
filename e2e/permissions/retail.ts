import { expect } from "@jest/globals";
import { withoutPermission } from "../../conformance/iam/permissions.ts";
import {
  type ApiCall,
  apiFails,
  type Check,
  destinationIsRefused,
  eventWaits,
  failureIsNotKept,
  untilRefused,
  type Way,
} from "./checks.ts";
import { logging, NO_JSON, putOnStream, reading, through } from "./shared-checks.ts";
import type { Checks } from "./suite.ts";
import type { Workbench } from "./workbench.ts";

export const retailChecks = (bench: Workbench): Checks => {
  let invoices = 7_000_000;
  const api = async (path: string, rows?: object): Promise<Response> => {
    const { API_URL } = await bench.pipeline.commands.environment!(bench.pipeline.deployed);
    const headers = { "content-type": "application/json" };
    return fetch(API_URL + path, rows && { method: "POST", headers, body: JSON.stringify(rows) });
  };
  const rowOf = (invoice: string) => ({
    ...{ InvoiceNo: invoice, StockCode: "85123A", Quantity: 6, InvoiceDate: "12/1/10 8:26", UnitPrice: 2.55 },
    ...{ CustomerID: invoice, Country: "United Kingdom" },
  });
  const send = async () => {
    const id = String(++invoices);
    expect((await api("/invoices", rowOf(id))).status).toBe(202);
    return id;
  };
  const inTables: Way = {
    send,
    async isStored(id) {
      const paths = [`/invoices/${id}`, `/customers/${id}/invoices`];
      const statuses = await Promise.all(paths.map(async (path) => (await api(path)).status));
      for (const status of statuses) expect([200, 404]).toContain(status);
      return statuses.every((status) => status === 200);
    },
  };
  const inBucket: Way = { send, isStored: async (id) => (await bench.keysWith("RawBucket", id)).length > 0 };
  const storeWaits = eventWaits(bench, "Store", inTables);
  const failures = (mappingId: string) => ({ mappingId, bucketId: "FailuresBucket" });
  const newInvoice = (): ApiCall => {
    const id = String(++invoices);
    return {
      ask: () => api("/invoices", rowOf(id)),
      isDone: () => inTables.isStored(id),
      ...{ success: 202, failure: 500 },
    };
  };
  const newQuery = (path: string, failure: number, functionId?: string) => (): ApiCall => ({
    ask: () => api(path),
    success: 404,
    failure,
    ...(functionId !== undefined && { functionId }),
  });

  return {
    "IngestRole PutRows kinesis:PutRecords": apiFails(bench, () => {
      return { ...newInvoice(), failure: 502, functionId: "Ingest" };
    }),
    ...logging(bench, "IngestRole", "Ingest", send),
    "IngestPermission lambda:InvokeFunction": apiFails(bench, newInvoice),

    ...reading(bench, "ArchiveRole", "ArchiveMapping", inBucket),
    "ArchiveRole KeepBatches s3:PutObject": eventWaits(bench, "Archive", inBucket),
    "ArchiveRole KeepBatches s3:DeleteObject": otherCutStays(bench, (id) => api("/invoices", [rowOf(id), rowOf(id)])),
    "ArchiveRole FindOtherCuts s3:ListBucket": nextBatchWaits(bench, inBucket),
    "ArchiveRole KeepFailures s3:PutObject": failureIsNotKept(bench, {
      ...failures("ArchiveMapping"),
      // it takes whatever comes
      fail: async () => {
        await bench.updateFunction("Archive", { Handler: "archive.none" });
        await send();
      },
      mend: () => bench.updateFunction("Archive", { Handler: "archive.handler" }),
    }),
    "ArchiveRole FindFailuresBucket s3:ListBucket": destinationIsRefused(bench, "ArchiveMapping"),
    ...logging(bench, "ArchiveRole", "Archive", through(inBucket, bench)),

    ...reading(bench, "StoreRole", "StoreMapping", inTables),
    "StoreRole StoreLines dynamodb:BatchWriteItem table/retail-invoices": storeWaits,
    "StoreRole StoreLines dynamodb:BatchWriteItem table/retail-customers": storeWaits,
    "StoreRole KeepFailures s3:PutObject": failureIsNotKept(bench, {
      ...failures("StoreMapping"),
      fail: () => putOnStream(bench, NO_JSON),
    }),
    "StoreRole FindFailuresBucket s3:ListBucket": destinationIsRefused(bench, "StoreMapping"),
    ...logging(bench, "StoreRole", "Store", through(inTables, bench)),

    "QueryRole ReadLines dynamodb:Query table/retail-invoices": apiFails(bench, newQuery("/invoices/1", 502, "Query")),
    "QueryRole ReadLines dynamodb:Query table/retail-customers": apiFails(
      bench,
      newQuery("/customers/1/invoices", 502, "Query"),
    ),
    ...logging(bench, "QueryRole", "Query", () => api("/invoices/1")),
    "QueryPermission lambda:InvokeFunction": apiFails(bench, newQuery("/query?InvoiceNo=1", 500)),
  };
};

/** The object is written, but the batch is not done: what comes behind it waits. */
const nextBatchWaits = (bench: Workbench, { send, isStored }: Way): Check =>
  async function* (missing) {
    const first = await untilRefused(bench, "Archive", missing, send);
    expect(await isStored(first)).toBe(true);
    const second = await send();
    expect(await isStored(second)).toBe(false);
    yield;
    await bench.eventually(() => isStored(second), Boolean);
  };

/** A batch that was kept whole, and is split then, is in the bucket twice. */
const otherCutStays = (bench: Workbench, post: (id: string) => Promise<Response>): Check =>
  async function* (missing) {
    const id = "6999999";
    const cuts = () => bench.keysWith("RawBucket", id);
    const listing = bench.permissions.get("ArchiveRole FindOtherCuts s3:ListBucket")!;
    await untilRefused(bench, "Archive", missing, async () => {
      // its first delivery fails when the object is there
      await using _without = await withoutPermission(bench.iam, listing);
      expect((await post(id)).status).toBe(202);
      await bench.eventually(cuts, ({ length }) => length === 2);
    });
    expect(await cuts()).toHaveLength(2);
    yield;
    // one object a row, and none for both
    await bench.eventually(cuts, (keys) => keys.length === 2 && keys.every(isOfOneRecord));
  };

const isOfOneRecord = (key: string): boolean => {
  const [first, last] = key.slice(key.lastIndexOf("/") + 1, -".jsonl".length).split("-");
  return first === last;
};
