import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { refusedMembers } from "../emulator/emulator.ts";
import type { Service } from "../emulator/model/service.ts";
import { operationShape, type Shape } from "../emulator/protocol/shapes.ts";
import { services } from "../services/index.ts";

/** Members that may be given and change nothing: on AWS they do not either, or there is but one value. */
const WITHOUT_EFFECT: Readonly<Record<string, readonly string[]>> = {
  apigateway: ["generateDistinctId"], // deprecated by AWS: the id is distinct from the value in any case
  cloudformation: ["TemplateStage"], // no transforms: the processed template is the original
  kinesis: ["ScalingType"], // UNIFORM_SCALING is the only value, and the enum is checked
  logs: ["sequenceToken", "interleaved"], // ignored by AWS since 2022
  s3: ["DisplayName"], // of owners and grantees: AWS has none any more
};

/** Below these members nothing needs to be named: the operation refuses the whole member. */
const REFUSED_AS_A_WHOLE =
  /^(UpdateTable\.ReplicaUpdates\.\w+\.(GlobalSecondaryIndexes|ProvisionedThroughputOverride)|UpdateTable\.ReplicaUpdates\.Disassociate|UpdateTable\.GlobalTableWitnessUpdates|(Create|Update|List)GlobalTables?|UpdateGlobalTableSettings|ImportTable\.TableCreationParameters\.VectorIndexes|CreateEventSourceMapping\.\w+|CreateFunction\.\w+|CreateChangeSet\.ResourcesToImport|CreateBucket\.CreateBucketConfiguration\.Bucket|RestoreObject\.RestoreRequest\.(SelectParameters|OutputLocation)|PutLogEvents\.entity|AssumeRole\.\w+|CreateDeliveryStream\.ExtendedS3DestinationConfiguration\.DataFormatConversionConfiguration)\./;

/** The TypeScript sources of a service, without what was emitted from AWS's models. */
function sourcesOf(service: Service): string {
  const folder = fileURLToPath(new URL(`../services/${service.name}`, import.meta.url));
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith(".ts") && !/constraints\.ts$|\.test\.ts$|(^|\/)resources/.test(path))
    .map((path) => readFileSync(join(folder, path), "utf8"))
    .join("\n");
}

/** Input members that the service's sources never name: given by a client, they would be ignored in silence. */
function ignoredMembers(service: Service): string[] {
  const words = new Set(sourcesOf(service).match(/[A-Za-z0-9_]+/g));
  const seen = new Set<Shape>();
  const ignored: string[] = [];
  const visit = (shape: Shape, path: string, refused: readonly string[]): void => {
    if (shape.kind === "list") return visit(shape.element(), path, refused);
    if (shape.kind === "map") return visit(shape.value(), path, refused);
    if (shape.kind !== "structure" || seen.has(shape)) return;
    seen.add(shape);
    for (const member of shape.members) {
      if (refused.includes(member.name) || WITHOUT_EFFECT[service.name]?.includes(member.name)) continue;
      if (words.has(member.name)) visit(member.shape(), `${path}.${member.name}`, []);
      else ignored.push(`${path}.${member.name}`);
    }
  };
  for (const operation of Object.keys(service.operations)) {
    const schema = service.schemas.get(operation);
    if (schema) visit(operationShape(schema).input, operation, refusedMembers(service, operation));
  }
  return ignored;
}

describe("no input member is ignored in silence", () => {
  it.each(services.map((service) => [service.name, service] as const))("%s", (_name, service) => {
    expect(ignoredMembers(service).filter((path) => !REFUSED_AS_A_WHOLE.test(path))).toEqual([]);
  });
});
