import { unsupported } from "../../../emulator/model/errors.ts";
import { templateError, templateFormatError, validationError } from "../errors.ts";
import { canonical } from "../provider.ts";
import { type Evaluated, isJsonObject, type Json, type JsonObject } from "./value.ts";

/** What the values of a template's parameters must be, one of the template's Rules. */
export interface Rule {
  /** When the assertions matter; always without it. */
  readonly condition?: Json;
  readonly assertions: readonly { readonly assert: Json; readonly description?: string }[];
}

/** @throws AwsError ValidationError */
export function readRules(raw: JsonObject): ReadonlyMap<string, Rule> {
  return new Map(Object.entries(raw).map(([name, rule]) => [name, readRule(name, rule)]));
}

function readRule(name: string, raw: Json): Rule {
  if (!/^[A-Za-z0-9]{1,255}$/.test(name)) throw templateFormatError(`Rule name ${name} is non alphanumeric.`);
  if (!isJsonObject(raw)) throw templateFormatError(`Any Rules member must be an object: ${name}.`);
  const extraneous = Object.keys(raw).find((member) => member !== "RuleCondition" && member !== "Assertions");
  if (extraneous !== undefined) throw validationError(`Invalid template rule property '${extraneous}'`);
  const { RuleCondition: condition, Assertions: assertions } = raw;
  if (!Array.isArray(assertions) || assertions.length === 0) {
    throw templateFormatError(`Every Rules object must contain a list of Assertions: ${name}.`);
  }
  return {
    ...(condition !== undefined && { condition }),
    assertions: assertions.map((each) => {
      if (!isJsonObject(each) || each.Assert === undefined) {
        throw templateFormatError(`Every Assertions member must contain an Assert member: ${name}.`);
      }
      const { Assert: assert, AssertDescription: description } = each;
      return { assert, ...(description !== undefined && { description: String(description) }) };
    }),
  };
}

/**
 * Checks what a template asserts of its parameters.
 * @param valueOf evaluates what is no function of rules: Ref and the like
 * @throws AwsError ValidationError with the descriptions of the assertions that do not hold
 */
export function checkRules(rules: ReadonlyMap<string, Rule>, valueOf: (node: Json) => Evaluated): void {
  for (const [name, { condition, assertions }] of rules) {
    if (condition !== undefined && !holds(condition, valueOf)) continue;
    const broken = assertions.filter(({ assert }) => !holds(assert, valueOf));
    if (broken.length === 0) continue;
    const complaints = broken.map(
      ({ assert, description }) => description ?? `Assertion ${JSON.stringify(assert)} failed`,
    );
    throw templateError(`Rule ${name} failed: ${complaints.join(" ")}`);
  }
}

const COMPLAINT = "Rule conditions and assertions can only be rule-specific intrinsic functions";

function holds(node: Json, valueOf: (node: Json) => Evaluated): boolean {
  if (typeof node === "boolean") return node;
  if (!isJsonObject(node)) throw templateFormatError(COMPLAINT);
  const [name = "", argument = null] = Object.entries(node)[0] ?? [];
  const list = Array.isArray(argument) ? argument : [];
  const inner = (each: Json | undefined) => holds(each ?? null, valueOf);
  const pair = (): [Json, Json] => {
    if (list.length !== 2) throw templateError(`every ${name} object requires two parameters.`);
    return list as [Json, Json];
  };
  switch (name) {
    case "Fn::And":
    case "Fn::Or":
      if (list.length < 2 || list.length > 10) {
        throw templateError(`every ${name} object requires a list of at least 2 and at most 10 boolean parameters.`);
      }
      return name === "Fn::And" ? list.every(inner) : list.some(inner);
    case "Fn::Not":
      if (list.length !== 1) throw templateError("every Fn::Not object requires one boolean parameter.");
      return !inner(list[0]);
    case "Fn::Equals": {
      const [left, right] = pair().map((each) => comparable(valueOf(each)));
      return left === right;
    }
    case "Fn::Contains": {
      const [values, value] = pair().map(valueOf);
      return texts(values).includes(comparable(value));
    }
    case "Fn::EachMemberEquals": {
      const [values, value] = pair().map(valueOf);
      return texts(values).every((each) => each === comparable(value));
    }
    case "Fn::EachMemberIn": {
      const [some, all] = pair().map((each) => texts(valueOf(each)));
      return some?.every((each) => all?.includes(each)) ?? false;
    }
    case "Fn::RefAll":
    case "Fn::ValueOf":
    case "Fn::ValueOfAll":
      throw unsupported(`The function ${name}, which asks for resources of EC2,`);
    default:
      throw templateFormatError(COMPLAINT);
  }
}

function texts(value: Evaluated | undefined): string[] {
  if (!Array.isArray(value))
    throw templateError("the functions of rules that compare members require a list of strings");
  return value.map(comparable);
}

const comparable = (value: Evaluated | undefined): string =>
  typeof value === "object" ? canonical(value) : String(value);
