import { join } from "node:path";
import { DynamoDBClient, paginateScan } from "@aws-sdk/client-dynamodb";
import { Option } from "commander";
import { type RetailOptions, RetailRun } from "../../producer/retail.ts";
import type { ProducerRun } from "../../producer/producer.ts";
import { apiUrlOf, output } from "../deployment/stack.ts";
import { UserError } from "../errors.ts";
import { positive, wholePositive } from "../options.ts";
import { COMMAND, PACKAGE_ROOT } from "../package.ts";
import { styled } from "../style.ts";
import { tableLines } from "../table.ts";
import { counted, printable } from "../text.ts";
import { Settled } from "./settled.ts";
import type { Demo, Deployed, Follower, PipelineCommand, PipelineCommands } from "./pipeline.ts";

const SAMPLE_FILE = join(PACKAGE_ROOT, "data", "retail.csv");

const apiUrl = ({ target, outputs }: Deployed): string => apiUrlOf(target, outputs);

export type RetailProduceOptions = Pick<RetailOptions, "file" | "workers" | "rate" | "limit">;

const produce: PipelineCommand<RetailProduceOptions, ProducerRun> = {
  description: "POST the rows of a CSV file of invoices to the API",

  configure: (command) =>
    command
      .option("--file <csv>", "the rows to send, in the columns of UCI's Online Retail", SAMPLE_FILE)
      .option("--workers <count>", "requests at a time", wholePositive("number of workers"), 4)
      .option("--rate <rows>", "rows a second, 1 or more", positive("rate"), 50)
      .option("--limit <rows>", "end after so many rows, 1 or more", wholePositive("limit"))
      .addHelpText(
        "after",
        "\nRows that the API throttles (429) or fails to take (5xx) are sent again; those that it refuses are told of by their lines.",
      ),

  run: (deployed, options, { signal, print }) =>
    new RetailRun({
      ...options,
      apiUrl: apiUrl(deployed),
      signal,
      onTrouble: (message) => print(styled("yellow", message)),
      onRefused: (message) => print(`${styled("red", "refused")}: ${printable(message)}`),
    }),
};

interface RetailQueryOptions {
  readonly invoice?: string;
  readonly customer?: string;
  readonly json?: true;
}

/** A line as the API answers it. */
interface Line {
  readonly InvoiceNo: string;
  readonly StockCode: string;
  readonly Description?: string;
  readonly Quantity: number;
  readonly InvoiceDate: string;
  readonly UnitPrice: number;
}

const query: PipelineCommand<RetailQueryOptions, Promise<void>> = {
  description: "Ask the API for the lines of an invoice or of a customer",

  configure: (command) =>
    command
      .addOption(new Option("--invoice <number>", "an invoice's lines").conflicts("customer"))
      .option("--customer <id>", "a customer's lines, by date")
      .option("--json", "as a JSON array"),

  async run(deployed, { invoice, customer, json }, { print }) {
    const lines: Line[] = [];
    for await (const page of pages(apiUrl(deployed), invoice, customer)) lines.push(...page);
    if (json) return print(JSON.stringify(lines, null, 2));
    const rows = lines.map((line) => [
      ...[line.InvoiceNo, line.InvoiceDate, line.StockCode, line.Description ?? ""],
      ...[line.Quantity, line.UnitPrice.toFixed(2)],
    ]);
    print(...tableLines(["Invoice", "Date", "Stock code", "Description", "Quantity", "Price"], rows));
    const total = lines.reduce((sum, { Quantity, UnitPrice }) => sum + Quantity * UnitPrice, 0);
    print(`${counted(lines.length, "line")}, ${total.toFixed(2)} in all`);
  },
};

async function* pages(url: string, invoice?: string, customer?: string): AsyncGenerator<readonly Line[], void> {
  let nextToken: string | undefined;
  do {
    const search = new URLSearchParams({
      ...(invoice !== undefined && { InvoiceNo: invoice }),
      ...(customer !== undefined && { CustomerID: customer }),
      ...(nextToken !== undefined && { nextToken }),
    });
    const response = await fetch(`${url}/query?${search.toString()}`);
    const answer = (await response.json()) as { message?: string; lines?: Line[]; nextToken?: string };
    if (!response.ok) throw new UserError(answer.message ?? `The API answered HTTP ${response.status}.`);
    yield answer.lines ?? [];
    nextToken = answer.nextToken;
  } while (nextToken !== undefined);
}

/** Shows each invoice when it is whole. */
class InvoicesFollower implements Follower {
  readonly header = invoiceLine("Invoice", "Lines", "Customer", "Country", "Total");
  readonly #client: DynamoDBClient;
  readonly #table: string;
  readonly #settled = new Settled();

  constructor({ target, outputs }: Deployed) {
    this.#client = new DynamoDBClient(target.clientConfig);
    this.#table = output(outputs, "InvoicesTableName");
  }

  async next(isWhole: boolean) {
    const invoices = new Map<string, { lines: number; total: number; customer: string; country: string }>();
    let stored = 0;
    const pagesOfTable = paginateScan({ client: this.#client }, { TableName: this.#table, ConsistentRead: true });
    for await (const { Items = [] } of pagesOfTable) {
      for (const item of Items) {
        stored++;
        const number = item["InvoiceNo"]!.S!;
        const before = invoices.get(number) ?? { lines: 0, total: 0 };
        invoices.set(number, {
          lines: before.lines + 1,
          total: before.total + Number(item["Quantity"]!.N) * Number(item["UnitPrice"]!.N),
          customer: item["CustomerID"]?.S ?? "-",
          country: item["Country"]!.S!,
        });
      }
    }
    const sizes = new Map([...invoices].map(([number, { lines: count }]) => [number, count]));
    const lines = this.#settled.look(sizes, isWhole).map((number) => {
      const { lines: count, total, customer, country } = invoices.get(number)!;
      return invoiceLine(number, String(count), customer, country, total.toFixed(2));
    });
    return { lines, stored, errors: 0 };
  }

  async figures() {
    return [counted(this.#settled.count, "invoice")];
  }
}

const invoiceLine = (number: string, lines: string, customer: string, country: string, total: string) =>
  `${number.padEnd(8)}  ${lines.padStart(5)}  ${customer.padEnd(8)}  ${country.padEnd(16)}  ${total.padStart(9)}`;

const demo: Demo = {
  title: "made-up invoices, POSTed row by row; raw in S3, by invoice and customer in DynamoDB",
  produceOptions: ({ rate, file = SAMPLE_FILE }): RetailProduceOptions => ({ file, rate, workers: 4 }),
  follow: (deployed) => new InvoicesFollower(deployed),
  nextSteps: (deployed) => [
    `${COMMAND} produce retail --workers 4`,
    `curl '${apiUrl(deployed)}/invoices/800001?limit=2'`,
    `${COMMAND} query retail --customer 90039`,
    `aws s3 ls --recursive s3://${deployed.outputs["RawBucketName"]}`,
    "aws cloudwatch describe-alarms --query 'MetricAlarms[].[AlarmName,StateValue]' --output text",
  ],
};

export const retail: PipelineCommands = {
  produce,
  query,
  environment: async (deployed) => ({ API_URL: apiUrl(deployed) }),
  demo,
};
