import {
  type CloudFormationClient,
  paginateListStackResources,
  type Stack,
  type StackResourceSummary,
} from "@aws-sdk/client-cloudformation";
import {
  DeleteTableCommand,
  DescribeTableCommand,
  DynamoDBClient,
  waitUntilTableNotExists,
} from "@aws-sdk/client-dynamodb";
import {
  DeleteStreamCommand,
  DescribeStreamSummaryCommand,
  KinesisClient,
  waitUntilStreamNotExists,
} from "@aws-sdk/client-kinesis";
import { type Document, isMap, isScalar, parseDocument, Scalar, visit } from "yaml";
import type { Target } from "../targets/index.ts";
import { cloudFormation } from "./stack.ts";

/** A resource of a template that is there although no stack has it: the target lost the stack, and kept its data. */
export interface Kept {
  readonly logicalId: string;
  /** "table", "stream" */
  readonly noun: string;
  readonly name: string;
  readonly arn: string;
}

/** How resources of a type are found by their names, and deleted. */
interface Keeper {
  readonly noun: string;
  readonly nameProperty: string;
  /** @throws ResourceNotFoundException */
  readonly arnOf: (target: Target, name: string) => Promise<string | undefined>;
  readonly remove: (target: Target, name: string) => Promise<unknown>;
}

const MAX_WAIT_SECONDS = 60;

const KEEPERS: Readonly<Record<string, Keeper>> = {
  "AWS::DynamoDB::Table": {
    noun: "table",
    nameProperty: "TableName",
    arnOf: async ({ clientConfig }, TableName) =>
      (await new DynamoDBClient(clientConfig).send(new DescribeTableCommand({ TableName }))).Table?.TableArn,
    remove: async ({ clientConfig }, TableName) => {
      const client = new DynamoDBClient(clientConfig);
      await client.send(new DeleteTableCommand({ TableName }));
      await waitUntilTableNotExists({ client, maxWaitTime: MAX_WAIT_SECONDS, minDelay: 1 }, { TableName });
    },
  },
  "AWS::Kinesis::Stream": {
    noun: "stream",
    nameProperty: "Name",
    arnOf: async ({ clientConfig }, StreamName) =>
      (await new KinesisClient(clientConfig).send(new DescribeStreamSummaryCommand({ StreamName })))
        .StreamDescriptionSummary?.StreamARN,
    remove: async ({ clientConfig }, StreamName) => {
      const client = new KinesisClient(clientConfig);
      await client.send(new DeleteStreamCommand({ StreamName }));
      await waitUntilStreamNotExists({ client, maxWaitTime: MAX_WAIT_SECONDS, minDelay: 1 }, { StreamName });
    },
  },
};

/** What is there of a template without its stack. */
export async function findKept(
  target: Target,
  template: string,
  { existing, parameters }: { readonly existing?: Stack; readonly parameters: Readonly<Record<string, string>> },
): Promise<readonly Kept[]> {
  const document = parse(template);
  const owned = existing ? await resourcesOf(cloudFormation(target), existing.StackId!) : new Set();
  const valueOf = (name: string): string | undefined =>
    parameters[name] ??
    existing?.Parameters?.find(({ ParameterKey }) => ParameterKey === name)?.ParameterValue ??
    (document.getIn(["Parameters", name, "Default"]) as string | undefined);
  const kept: Kept[] = [];
  for (const { logicalId, keeper } of keepable(document)) {
    const name = nameIn(document, logicalId, keeper, valueOf);
    if (owned.has(logicalId) || name === undefined) continue;
    const arn = await keeper.arnOf(target, name).catch((error: Error) => {
      if (error.name !== "ResourceNotFoundException") throw error;
    });
    if (arn !== undefined) kept.push({ logicalId, noun: keeper.noun, name, arn });
  }
  return kept;
}

/** The template without what is there already: what refers to it gets its name and its ARN. */
export function withoutKept(template: string, kept: readonly Kept[]): string {
  if (kept.length === 0) return template;
  const document = parse(template);
  for (const { logicalId } of kept) document.deleteIn(["Resources", logicalId]);
  const values = new Map(
    kept.flatMap(({ logicalId, name, arn }) => [
      [logicalId, name],
      [`${logicalId}.Arn`, arn],
    ]),
  );
  visit(document, {
    Scalar(_, node) {
      if (typeof node.value !== "string") return undefined;
      if (node.tag === "!Ref" || node.tag === "!GetAtt") {
        const value = values.get(node.value);
        return value === undefined ? undefined : new Scalar(value);
      }
      if (node.tag === "!Sub") {
        node.value = node.value.replaceAll(/\$\{([\w.]+)\}/g, (whole, name: string) => values.get(name) ?? whole);
      }
      return undefined;
    },
    Pair(_, { key, value }) {
      const isGone = isScalar(key) && key.value === "DependsOn" && isScalar(value) && values.has(String(value.value));
      return isGone ? visit.REMOVE : undefined;
    },
  });
  return document.toString({ lineWidth: 0 });
}

/** Deletes what is there without a stack, with what it stored. */
export async function removeKept(target: Target, kept: readonly Kept[]): Promise<void> {
  const keepers = Object.values(KEEPERS);
  for (const { noun, name } of kept) await keepers.find((keeper) => keeper.noun === noun)!.remove(target, name);
}

export const keptNames = (kept: readonly Kept[]): string => kept.map(({ noun, name }) => `${noun} ${name}`).join(", ");

/** Tags such as !Ref stay as they are written. */
const parse = (template: string): Document => parseDocument(template, { logLevel: "error" });

function keepable(document: Document): { readonly logicalId: string; readonly keeper: Keeper }[] {
  const resources = document.get("Resources");
  if (!isMap(resources)) return [];
  return resources.items.flatMap(({ key, value }) => {
    const keeper = isMap(value) ? KEEPERS[String(value.get("Type"))] : undefined;
    return keeper ? [{ logicalId: String(key), keeper }] : [];
  });
}

/** The name that a template gives to a resource, as text or out of parameters. */
function nameIn(
  document: Document,
  logicalId: string,
  { nameProperty }: Keeper,
  valueOf: (parameter: string) => string | undefined,
): string | undefined {
  const node = document.getIn(["Resources", logicalId, "Properties", nameProperty], true);
  if (!isScalar(node) || typeof node.value !== "string") return undefined;
  if (node.tag === "!Ref") return valueOf(node.value);
  if (node.tag !== "!Sub") return node.value;
  return node.value.replaceAll(/\$\{(\w+)\}/g, (whole, name: string) => valueOf(name) ?? whole);
}

async function resourcesOf(client: CloudFormationClient, stackId: string): Promise<ReadonlySet<string>> {
  const found: StackResourceSummary[] = [];
  for await (const page of paginateListStackResources({ client }, { StackName: stackId })) {
    found.push(...(page.StackResourceSummaries ?? []));
  }
  const isThere = ({ ResourceStatus }: StackResourceSummary) => !/^DELETE_COMPLETE$/.test(ResourceStatus ?? "");
  return new Set(found.filter(isThere).map(({ LogicalResourceId }) => LogicalResourceId!));
}
