import { tableLines } from "../../table.ts";
import { counted } from "../../text.ts";
import { evaluatedResources } from "../../deployment/evaluated-template.ts";
import { PRICES } from "./prices.ts";
import { type Cost, COSTS, FREE } from "./resource-costs.ts";
import { ASSUMED, workloadOf } from "./workload.ts";

/** A stack whose costs are estimated. */
export interface Estimated {
  readonly pipeline: string;
  readonly template: string;
  readonly parameters: Readonly<Record<string, string>>;
}

export interface CostLine extends Cost {
  readonly pipeline: string;
  readonly resource: string;
  readonly type: string;
}

export interface Estimate {
  readonly lines: readonly CostLine[];
  /** How many resources cost nothing by themselves. */
  readonly free: number;
  /** Resources of types that nothing is known of. */
  readonly unknown: readonly string[];
}

/** What stacks cost a month: computed from their templates and parameters, at the prices of prices.ts. */
export function estimate(stacks: readonly Estimated[], region: string): Estimate {
  const lines: CostLine[] = [];
  const unknown: string[] = [];
  let free = 0;
  for (const { pipeline, template, parameters } of stacks) {
    const resources = evaluatedResources(template, parameters, { region, stack: pipeline });
    const around = { resources, workload: workloadOf(pipeline) };
    for (const resource of resources) {
      const { id, type } = resource;
      const cost = COSTS[type];
      if (cost) lines.push({ pipeline, resource: id, type, ...cost(resource, around) });
      else if (FREE.test(type)) free++;
      else unknown.push(`${pipeline} ${id} (${type})`);
    }
  }
  return { lines, free, unknown };
}

/** The estimate as a table with its assumptions. */
export function estimateLines({ lines, free, unknown }: Estimate, region: string): string[] {
  const shown = lines.filter(({ idle, perMillion }) => idle + perMillion >= 0.005);
  const others = lines.length - shown.length + free;
  const several = new Set(lines.map(({ pipeline }) => pipeline)).size > 1;
  const total = (of: "idle" | "perMillion") => lines.reduce((sum, line) => sum + line[of], 0);
  const rows = shown.map((line) => [
    several ? `${line.pipeline} ${line.resource}` : line.resource,
    line.type.replace(/^AWS::/, "").replace("::", " "),
    line.for,
    dollars(line.idle),
    dollars(line.perMillion),
  ]);
  const { region: priced, asOf } = PRICES;
  return [
    ...tableLines(
      ["Costs a month", "Type", "For", "Idle", "A million events"],
      [...rows, ["Total", "", "", dollars(total("idle")), dollars(total("perMillion"))]],
    ),
    `${counted(others, "other resource")} cost nothing, or less than a cent. ${unknown.length > 0 ? `Not estimated: ${unknown.join(", ")}.` : ""}`.trim(),
    `An estimate, by the list prices of ${priced} of ${asOf}${priced === region ? "" : ` (those of ${region} may differ)`}, without free tier, data transfer and`,
    `tax, of events of ${ASSUMED.eventBytes} bytes, ${ASSUMED.eventsABatch} a batch, ${ASSUMED.invocationSeconds} s a call, kept for a month. https://calculator.aws tells more.`,
  ];
}

const dollars = (amount: number): string => `$${amount.toFixed(2)}`;
