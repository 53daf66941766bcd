import { unsupported } from "../../../emulator/model/errors.ts";
import { functions, KEYWORDS, NOT_HERE, wrongArguments } from "./functions.ts";
import { isList, isSeries, mathError, type Scope, type TimeSeries, type Value } from "./model.ts";
import { INSIGHT_RULE_METRIC, insightRuleOf, type CallNode, type Node } from "./parse.ts";

type Combine = (a: number, b: number) => number | undefined;

const truth = (value: boolean): number => (value ? 1 : 0);

const operators: Readonly<Record<string, Combine>> = {
  "+": (a, b) => a + b,
  "-": (a, b) => a - b,
  "*": (a, b) => a * b,
  // what is divided by nothing has no data point
  "/": (a, b) => (b === 0 ? undefined : a / b),
  "%": (a, b) => (b === 0 ? undefined : a % b),
  "^": (a, b) => a ** b,
  "==": (a, b) => truth(a === b),
  "!=": (a, b) => truth(a !== b),
  "<": (a, b) => truth(a < b),
  "<=": (a, b) => truth(a <= b),
  ">": (a, b) => truth(a > b),
  ">=": (a, b) => truth(a >= b),
  "&&": (a, b) => truth(a !== 0 && b !== 0),
  "||": (a, b) => truth(a !== 0 || b !== 0),
};
const aliases: Readonly<Record<string, string>> = { AND: "&&", OR: "||" };

/** Evaluates an expression over the results of the other queries. @throws ValidationError */
export function evaluate(node: Node, scope: Scope): Value {
  switch (node.kind) {
    case "number":
    case "text":
      return node.value;
    case "id":
      return resolve(node.name, scope);
    case "list":
      return node.items.flatMap((item) => asList(evaluate(item, scope)));
    case "negate":
      return mapValue(evaluate(node.of, scope), (value) => -value);
    case "not":
      return mapValue(evaluate(node.of, scope), (value) => truth(value === 0));
    case "binary":
      return combine(node.operator, evaluate(node.left, scope), evaluate(node.right, scope));
    case "call":
      return call(node, scope);
  }
}

function resolve(name: string, scope: Scope): Value {
  const value = scope.result(name);
  if (value !== undefined) return value;
  // words of SORT and FILL
  if (KEYWORDS.has(name)) return name;
  throw mathError(`The id '${name}' is not defined`);
}

function call(node: CallNode, scope: Scope): Value {
  const { name, args } = node;
  if (NOT_HERE.has(name)) throw unsupported(`The function ${name} of metric math`);
  const run = functions[name];
  if (!run) throw mathError(`Unknown function '${name}'`);
  if (name === INSIGHT_RULE_METRIC && insightRuleOf(node) === undefined) throw wrongArguments(name);
  // functions are words where SORT asks for one
  const value = (arg: Node): Value =>
    arg.kind === "id" && functions[arg.name] && scope.result(arg.name) === undefined ? arg.name : evaluate(arg, scope);
  return run(args.map(value), scope);
}

function asList(value: Value): readonly TimeSeries[] {
  if (isSeries(value)) return [value];
  if (isList(value)) return value;
  throw mathError("An array must hold time series");
}

function mapValue(value: Value, change: (value: number) => number): Value {
  if (typeof value === "number") return change(value);
  if (typeof value === "string") throw mathError("A text cannot be calculated with");
  const one = (series: TimeSeries): TimeSeries => ({
    ...series,
    points: new Map([...series.points].map(([at, point]) => [at, change(point)])),
  });
  return isSeries(value) ? one(value) : value.map(one);
}

function combine(sign: string, left: Value, right: Value): Value {
  const apply = operators[aliases[sign] ?? sign];
  if (!apply || typeof left === "string" || typeof right === "string")
    throw mathError("A text cannot be calculated with");
  if (typeof left === "number" && typeof right === "number") {
    // of what is divided by nothing there is no data point, however it is used
    return apply(left, right) ?? Number.NaN;
  }
  if (isList(left) && isList(right)) {
    if (left.length !== right.length) throw mathError("Arrays of different lengths cannot be combined");
    return left.map((series, index) => pair(apply, series, right[index] ?? 0));
  }
  if (isList(left)) return left.map((series) => pair(apply, series, right as number | TimeSeries));
  if (isList(right)) return right.map((series) => pair(apply, left, series));
  return pair(apply, left, right);
}

/** Data points that only one of the two has are left out. */
function pair(apply: Combine, left: number | TimeSeries, right: number | TimeSeries): TimeSeries {
  const series = typeof left === "number" ? (right as TimeSeries) : left;
  const at = (side: number | TimeSeries, time: number) => (typeof side === "number" ? side : side.points.get(time));
  const points = new Map<number, number>();
  for (const time of series.points.keys()) {
    const [a, b] = [at(left, time), at(right, time)];
    const result = a === undefined || b === undefined ? undefined : apply(a, b);
    if (result !== undefined && Number.isFinite(result)) points.set(time, result);
  }
  const other = typeof right === "number" || typeof left === "number" ? 0 : right.period;
  return { label: series.label, period: Math.max(series.period, other), points };
}
