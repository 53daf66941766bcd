import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse } from "csv-parse/sync";
import { stringify } from "csv-stringify/sync";
import { PACKAGE_ROOT } from "../../cli/package.ts";
import { NewLines, StoreClient } from "../shared/store-client.ts";
import { type PipelineBench, runProducer } from "./load.ts";

const WORKERS = 8;
const FASTEST = 1e9;
/** BatchGetItem's. */
const LOOKED_AT = 100;

interface RawLine {
  readonly InvoiceNo: string;
  readonly LineNumber: number;
}

const idOf = ({ InvoiceNo, LineNumber }: RawLine) => `${InvoiceNo} L${String(LineNumber).padStart(6, "0")}`;

/** A row is stored when the table of invoices and an object of raw lines have it. */
export const retail: PipelineBench = {
  name: "retail",
  settings: [
    { label: "batching window 0", parameters: { MaximumBatchingWindowInSeconds: "0" } },
    { label: "as shipped (window 1 s)", parameters: {} },
  ],
  events: 2_000,
  producer: `\`headwater produce retail --workers ${WORKERS}\`, a POST a row`,

  async open(deployed) {
    const { target, outputs } = deployed;
    const store = await StoreClient.connect(target.clientConfig.endpoint!);
    const url = `${target.apiUrl(outputs["ApiId"]!, outputs["StageName"]!)}/invoices`;
    const table = outputs["InvoicesTableName"]!;
    const rows = parse<Record<string, string>>(readFileSync(join(PACKAGE_ROOT, "data", "retail.csv")), {
      columns: true,
    });
    const objects = new NewLines(store, outputs["RawBucketName"]!, "raw/");
    const raw = new Set<string>();
    const readRaw = async () => {
      for (const line of await objects.next()) raw.add(idOf(JSON.parse(line) as RawLine));
    };
    let invoices = 0;
    let runs = 0;
    return {
      async send() {
        const { Quantity, UnitPrice, ...row } = rows[invoices % rows.length]!;
        const InvoiceNo = `B${invoices++}`;
        const each = { ...row, InvoiceNo, LineNumber: 1, Quantity: Number(Quantity), UnitPrice: Number(UnitPrice) };
        const response = await fetch(url, {
          method: "POST",
          headers: { "content-type": "application/json" },
          body: JSON.stringify(each),
        });
        const text = await response.text();
        if (response.status !== 202) throw new Error(`HTTP ${response.status}: ${text}`);
        return idOf(each);
      },
      async stored(pending) {
        await readRaw();
        const keys = pending.slice(0, LOOKED_AT).map((id) => {
          const [invoice = "", line = ""] = id.split(" ");
          return { InvoiceNo: { S: invoice }, Line: { S: line } };
        });
        const found = (await store.get({ [table]: keys }))[table] ?? [];
        return found.map((item) => `${item["InvoiceNo"]!.S} ${item["Line"]!.S}`).filter((id) => raw.has(id));
      },
      async produce(count) {
        // each run has invoices of its own: the same ones would overwrite themselves
        const run = runs++;
        const folder = mkdtempSync(join(tmpdir(), "headwater-bench-retail-"));
        try {
          const file = join(folder, "retail.csv");
          const many = Array.from({ length: count }, (_, index) => {
            const row = rows[index % rows.length]!;
            return { ...row, InvoiceNo: `${row["InvoiceNo"]}-${run}` };
          });
          writeFileSync(file, stringify(many, { header: true }));
          await runProducer(deployed, "retail", { file, workers: WORKERS, rate: FASTEST }, count);
        } finally {
          rmSync(folder, { recursive: true });
        }
      },
      async countStored() {
        await readRaw();
        return Math.min(raw.size, await store.count(table));
      },
      close: () => store.close(),
    };
  },
};
