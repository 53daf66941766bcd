import {
  CloudFormationClient,
  ListStackResourcesCommand,
  type StackResourceSummary,
} from "@aws-sdk/client-cloudformation";
import { CloudWatchClient, GetMetricStatisticsCommand } from "@aws-sdk/client-cloudwatch";
import { CloudWatchLogsClient, paginateFilterLogEvents } from "@aws-sdk/client-cloudwatch-logs";
import { IAMClient } from "@aws-sdk/client-iam";
import {
  AddPermissionCommand,
  type EventSourceMappingConfiguration,
  GetEventSourceMappingCommand,
  GetPolicyCommand,
  LambdaClient,
  RemovePermissionCommand,
  UpdateEventSourceMappingCommand,
  type UpdateEventSourceMappingCommandInput,
  UpdateFunctionConfigurationCommand,
  type UpdateFunctionConfigurationCommandInput,
} from "@aws-sdk/client-lambda";
import { type Permission, permissionsOf, withoutPermission } from "../../conformance/iam/permissions.ts";
import type { DeployedPipeline } from "../deployed-pipeline.ts";
import { eventually } from "../eventually.ts";
import { keysOf, textOf } from "../stored.ts";

/** A permission of a deployed pipeline that can be taken away. */
export interface Removable extends Permission {
  take(): Promise<AsyncDisposable>;
}

interface PolicyStatement {
  readonly Sid: string;
  readonly Action: string;
  readonly Principal: { readonly Service: string };
  readonly Resource: string;
  readonly Condition: { readonly ArnLike: { readonly "AWS:SourceArn": string } };
}

const HOUR_MS = 3_600_000;

/** A deployed pipeline as those who look after it see it: its permissions, logs, mappings and buckets. */
export class Workbench {
  readonly pipeline: DeployedPipeline;
  #resources: ReadonlyMap<string, StackResourceSummary> = new Map();
  #permissions: ReadonlyMap<string, Removable> = new Map();

  constructor(pipeline: DeployedPipeline) {
    this.pipeline = pipeline;
  }

  /** To be called when the pipeline is deployed. */
  async open(): Promise<void> {
    const { StackResourceSummaries = [] } = await new CloudFormationClient(this.#config).send(
      new ListStackResourcesCommand({ StackName: this.pipeline.name }),
    );
    this.#resources = new Map(StackResourceSummaries.map((each) => [each.LogicalResourceId!, each]));
    const found = [...(await this.#ofRoles()), ...(await this.#ofFunctions())];
    this.#permissions = new Map(found);
  }

  /** By what they are called in the template: `ROLE STATEMENT ACTION`, and the resource where there are several. */
  get permissions(): ReadonlyMap<string, Removable> {
    return this.#permissions;
  }

  get lambda(): LambdaClient {
    return new LambdaClient(this.#config);
  }

  get iam(): IAMClient {
    return new IAMClient(this.#config);
  }

  get #config() {
    return this.pipeline.target.clientConfig;
  }

  /** The name of what has this name in the template. */
  physical(logicalId: string): string {
    return this.#resources.get(logicalId)!.PhysicalResourceId!;
  }

  eventually<T>(ask: () => Promise<T>, isExpected: (answer: T) => boolean): Promise<T> {
    return eventually(this.pipeline.patienceMs, ask, isExpected);
  }

  /** What a log group holds, line by line. */
  async log(logGroupName: string): Promise<string[]> {
    const lines: string[] = [];
    const client = new CloudWatchLogsClient(this.#config);
    for await (const { events = [] } of paginateFilterLogEvents({ client }, { logGroupName })) {
      lines.push(...events.map(({ message }) => message ?? ""));
    }
    return lines;
  }

  logOf(functionId: string): Promise<string[]> {
    return this.log(`/aws/lambda/${this.physical(functionId)}`);
  }

  /** How many invocations of a function have ended, or with `Errors`: how many failed. */
  async invocations(functionId: string, MetricName = "Invocations"): Promise<number> {
    const { Datapoints = [] } = await new CloudWatchClient(this.#config).send(
      new GetMetricStatisticsCommand({
        Namespace: "AWS/Lambda",
        MetricName,
        Dimensions: [{ Name: "FunctionName", Value: this.physical(functionId) }],
        StartTime: new Date(Date.now() - HOUR_MS),
        EndTime: new Date(Date.now() + HOUR_MS),
        Period: 60,
        Statistics: ["Sum"],
      }),
    );
    return Datapoints.reduce((sum, { Sum = 0 }) => sum + Sum, 0);
  }

  mapping(mappingId: string): Promise<EventSourceMappingConfiguration> {
    return this.lambda.send(new GetEventSourceMappingCommand({ UUID: this.physical(mappingId) }));
  }

  /** Changes a mapping, or has it begin anew; resolves when it has. */
  async updateMapping(
    mappingId: string,
    changes: Omit<UpdateEventSourceMappingCommandInput, "UUID"> = {},
  ): Promise<void> {
    await this.lambda.send(new UpdateEventSourceMappingCommand({ UUID: this.physical(mappingId), ...changes }));
    await this.eventually(
      () => this.mapping(mappingId),
      ({ State }) => State === "Enabled",
    );
  }

  /** Any change of a function gives it new environments. */
  async updateFunction(
    functionId: string,
    changes: Omit<UpdateFunctionConfigurationCommandInput, "FunctionName">,
  ): Promise<void> {
    const FunctionName = this.physical(functionId);
    await this.lambda.send(new UpdateFunctionConfigurationCommand({ FunctionName, ...changes }));
  }

  keys(bucketId: string): Promise<string[]> {
    return keysOf(this.pipeline.target, this.physical(bucketId));
  }

  /** The keys of the objects in which a text occurs. */
  async keysWith(bucketId: string, text: string): Promise<string[]> {
    const found: string[] = [];
    for (const key of await this.keys(bucketId)) {
      try {
        if ((await textOf(this.pipeline.target, this.physical(bucketId), key)).includes(text)) found.push(key);
      } catch (error) {
        // it was there when the keys were listed
        if ((error as Error).name !== "NoSuchKey") throw error;
      }
    }
    return found;
  }

  /** What the template names a permission by. */
  async #ofRoles(): Promise<[string, Removable][]> {
    const logicalIds = new Map(this.#ofType("AWS::IAM::Role").map((each) => [each.PhysicalResourceId!, each]));
    const permissions = await permissionsOf(this.iam, [...logicalIds.keys()]);
    return permissions.map((permission) => {
      const { role, policy, statement, action, resource } = permission;
      const isOneOf = permissions.some(
        (other) =>
          other.policy === policy &&
          other.statement === statement &&
          other.action === action &&
          other.resource !== resource,
      );
      const parts = [logicalIds.get(role)!.LogicalResourceId, statement, action];
      if (isOneOf) parts.push(resource.slice(resource.lastIndexOf(":") + 1));
      return [parts.join(" "), { ...permission, take: () => withoutPermission(this.iam, permission) }];
    });
  }

  /** What functions allow to services by policies of their own. */
  async #ofFunctions(): Promise<[string, Removable][]> {
    const found: [string, Removable][] = [];
    for (const { LogicalResourceId, PhysicalResourceId } of this.#ofType("AWS::Lambda::Permission")) {
      for (const { PhysicalResourceId: FunctionName } of this.#ofType("AWS::Lambda::Function")) {
        const statements = await this.#statementsOf(FunctionName!);
        const statement = statements.find(({ Sid }) => Sid === PhysicalResourceId);
        if (!statement) continue;
        const { Sid: StatementId, Action, Principal, Resource, Condition } = statement;
        const take = async () => {
          await this.lambda.send(new RemovePermissionCommand({ FunctionName, StatementId }));
          const given = { Principal: Principal.Service, SourceArn: Condition.ArnLike["AWS:SourceArn"] };
          return {
            [Symbol.asyncDispose]: async () => {
              await this.lambda.send(new AddPermissionCommand({ FunctionName, StatementId, Action, ...given }));
            },
          };
        };
        const permission = {
          role: "",
          policy: FunctionName!,
          statement: StatementId,
          action: Action,
          resource: Resource,
        };
        found.push([`${LogicalResourceId} ${Action}`, { ...permission, take }]);
      }
    }
    return found;
  }

  async #statementsOf(FunctionName: string): Promise<readonly PolicyStatement[]> {
    try {
      const { Policy = "{}" } = await this.lambda.send(new GetPolicyCommand({ FunctionName }));
      return (JSON.parse(Policy) as { Statement: PolicyStatement[] }).Statement;
    } catch (error) {
      if ((error as Error).name === "ResourceNotFoundException") return [];
      throw error;
    }
  }

  #ofType(type: string): StackResourceSummary[] {
    return [...this.#resources.values()].filter(({ ResourceType }) => ResourceType === type);
  }
}
