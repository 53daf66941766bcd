import type { Stack } from "@aws-sdk/client-cloudformation";
import { type Document, isMap, isScalar, parseDocument, Scalar, visit } from "yaml";
import type { Target } from "../targets/index.ts";
import { type Made, madeBy } from "./removal.ts";
import { kindOf, presenceOf } from "./resource-kinds.ts";
import { cloudFormation } from "./stack.ts";
import type { FailedCreation } from "./stack-state.ts";

/** A resource of a template that is there although no stack has it: the target has lost the stack, and kept its data. */
export interface Kept extends Made {
  readonly logicalId: string;
}

/** The types that are kept: which property names them, and their ARN with the name left to be filled in. */
const TYPES: Readonly<Record<string, { readonly nameProperty: string; readonly arnOf: (name: string) => string }>> = {
  "AWS::DynamoDB::Table": {
    nameProperty: "TableName",
    arnOf: (name) => `arn:\${AWS::Partition}:dynamodb:\${AWS::Region}:\${AWS::AccountId}:table/${name}`,
  },
  "AWS::Kinesis::Stream": {
    nameProperty: "Name",
    arnOf: (name) => `arn:\${AWS::Partition}:kinesis:\${AWS::Region}:\${AWS::AccountId}:stream/${name}`,
  },
};

export interface StackSettings {
  readonly existing: Stack | undefined;
  readonly parameters?: Readonly<Record<string, string>>;
  /** What it holds is deleted with it, and not kept. */
  readonly failedCreation?: FailedCreation | undefined;
}

/** What is there of a template without its stack; on a target that never loses stacks that is nothing. */
export async function findKept(
  target: Target,
  template: string,
  { existing, parameters = {}, failedCreation }: StackSettings,
): Promise<readonly Kept[]> {
  if (!target.losesStacks) return [];
  const document = parse(template);
  const owned = existing ? await madeBy(cloudFormation(target), existing) : (failedCreation?.made ?? []);
  const valueOf = (name: string): string | undefined =>
    parameters[name] ??
    existing?.Parameters?.find(({ ParameterKey }) => ParameterKey === name)?.ParameterValue ??
    (document.getIn(["Parameters", name, "Default"]) as string | undefined);
  const kept: Kept[] = [];
  for (const each of named(document, valueOf)) {
    if (owned.some(({ type, id }) => type === each.type && id === each.id)) continue;
    if ((await presenceOf(target, kindOf(each.type)!, each.id)) === "there") kept.push(each);
  }
  return kept;
}

/** The template without what is there already: what refers to it gets its name or its ARN. */
export function withoutKept(template: string, kept: readonly Kept[]): string {
  if (kept.length === 0) return template;
  const document = parse(template);
  for (const { logicalId } of kept) document.deleteIn(["Resources", logicalId]);
  const values = new Map(
    kept.flatMap(({ logicalId, type, id }) => [
      [logicalId, id],
      [`${logicalId}.Arn`, TYPES[type]!.arnOf(id)],
    ]),
  );
  visit(document, {
    Scalar: (_, node) => {
      if (node.tag === "!Ref" || node.tag === "!GetAtt") return substitution(values.get(String(node.value)));
      if (node.tag === "!Sub") {
        node.value = String(node.value).replaceAll(
          /\$\{([\w.]+)\}/g,
          (whole, name: string) => values.get(name) ?? whole,
        );
      }
      return undefined;
    },
    Pair: (_, { key, value }) => {
      const isToKept = isScalar(key) && key.value === "DependsOn" && isScalar(value) && values.has(String(value.value));
      return isToKept ? visit.REMOVE : undefined;
    },
  });
  return document.toString({ lineWidth: 0 });
}

function substitution(text: string | undefined): Scalar | undefined {
  if (text === undefined) return undefined;
  const node = new Scalar(text);
  node.tag = "!Sub";
  return node;
}

/** Tags such as !Ref stay as they are written. */
const parse = (template: string): Document => parseDocument(template, { logLevel: "error" });

/** The resources of these types with the names that the template gives them, as text or out of parameters. */
function named(document: Document, valueOf: (parameter: string) => string | undefined): Kept[] {
  const resources = document.get("Resources");
  if (!isMap(resources)) return [];
  return resources.items.flatMap(({ key, value }) => {
    const type = isMap(value) ? String(value.get("Type")) : "";
    const property = TYPES[type]?.nameProperty;
    const node = property && isMap(value) ? value.getIn(["Properties", property], true) : undefined;
    const id = isScalar(node) ? nameOf(node, valueOf) : undefined;
    return id === undefined ? [] : [{ logicalId: String(key), type, id }];
  });
}

function nameOf({ tag, value }: Scalar, valueOf: (parameter: string) => string | undefined): string | undefined {
  if (tag === "!Ref") return valueOf(String(value));
  if (tag !== "!Sub") return String(value);
  return String(value).replaceAll(/\$\{(\w+)\}/g, (whole, name: string) => valueOf(name) ?? whole);
}
