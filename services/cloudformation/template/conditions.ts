import { templateError, templateFormatError } from "../errors.ts";
import { canonical } from "../provider.ts";
import { evaluate, isScalar, type Scope } from "./functions.ts";
import { isObject, type Json } from "./value.ts";

/** Whether a condition holds; `named` answers for the other conditions of the template. */
export function evaluateCondition(node: Json, scope: Scope): boolean {
  if (!isObject(node)) throw templateFormatError("Every Condition member must be an object.");
  const [name, argument] = Object.entries(node)[0] ?? ["", null];
  const inner = (each: Json) => evaluateCondition(each, scope);
  switch (name) {
    case "Condition":
      if (typeof argument !== "string") throw templateFormatError("Every Condition member must be a string.");
      return scope.condition(argument);
    case "Fn::Not":
      if (!Array.isArray(argument) || argument.length !== 1) {
        throw templateError("every Fn::Not object requires one boolean parameter.");
      }
      return !inner(argument[0] as Json);
    case "Fn::And":
    case "Fn::Or": {
      if (!Array.isArray(argument) || argument.length < 2 || argument.length > 10) {
        throw templateError(`every ${name} object requires a list of at least 2 and at most 10 boolean parameters.`);
      }
      const all = argument.map(inner);
      return name === "Fn::And" ? all.every(Boolean) : all.some(Boolean);
    }
    case "Fn::Equals": {
      if (!Array.isArray(argument) || argument.length !== 2) {
        throw templateError("every Fn::Equals object requires a list of 2 string parameters.");
      }
      const [left, right] = argument.map((each) => evaluate(each, scope));
      return isScalar(left ?? null) && isScalar(right ?? null)
        ? String(left) === String(right)
        : canonical(left) === canonical(right);
    }
    default:
      throw templateFormatError(`Conditions can only be boolean operations on parameters and other conditions`);
  }
}
