import {
  type CloudFormationClient,
  CreateChangeSetCommand,
  DeleteStackCommand,
  DescribeStackResourceCommand,
  ExecuteChangeSetCommand,
  UpdateStackCommand,
  waitUntilChangeSetCreateComplete,
} from "@aws-sdk/client-cloudformation";
import { S3Client } from "@aws-sdk/client-s3";
import { emptyBucket } from "../../cli/deployment/empty-bucket.ts";
import { cloudFormation, StackWatcher } from "../../cli/deployment/stack.ts";
import type { Target } from "../../cli/targets/index.ts";
import { resourcesOf } from "../../e2e/remains.ts";

/** What the stack is tagged with. */
export const STACK_TAG = { Key: "limits", Value: "of the stack" };

const contentOf = (template: object) => ({
  TemplateBody: JSON.stringify(template),
  Capabilities: ["CAPABILITY_NAMED_IAM" as const],
  Tags: [STACK_TAG],
});

/** A stack that is made of an object. */
export class Stack {
  readonly #target: Target;
  readonly #client: CloudFormationClient;
  readonly #id: string;

  private constructor(target: Target, client: CloudFormationClient, id: string) {
    this.#target = target;
    this.#client = client;
    this.#id = id;
  }

  /** By a change set, as its events can be told from the beginning. */
  static async create(target: Target, StackName: string, template: object): Promise<Stack> {
    const client = cloudFormation(target);
    const plan = { StackName, ChangeSetName: "create" };
    const { StackId } = await client.send(
      new CreateChangeSetCommand({ ...plan, ChangeSetType: "CREATE", ...contentOf(template) }),
    );
    await waitUntilChangeSetCreateComplete({ client, minDelay: 1, maxWaitTime: 60 }, plan);
    const stack = new Stack(target, client, StackId!);
    await stack.#mustEndIn("CREATE_COMPLETE", () => client.send(new ExecuteChangeSetCommand(plan)));
    return stack;
  }

  /** @returns the stack's status behind it */
  async update(template: object): Promise<string> {
    const { status } = await this.#untilDone(() =>
      this.#client.send(new UpdateStackCommand({ StackName: this.#id, ...contentOf(template) })),
    );
    return status;
  }

  /** The id of the resource that has this name in the template. */
  async physical(LogicalResourceId: string): Promise<string> {
    const { StackResourceDetail } = await this.#client.send(
      new DescribeStackResourceCommand({ StackName: this.#id, LogicalResourceId }),
    );
    return StackResourceDetail!.PhysicalResourceId!;
  }

  async delete(): Promise<void> {
    const s3 = new S3Client(this.#target.s3Config);
    for (const { ResourceType, PhysicalResourceId: Bucket } of await resourcesOf(this.#target, this.#id)) {
      if (ResourceType === "AWS::S3::Bucket") await emptyBucket(s3, { Bucket: Bucket! });
    }
    await this.#mustEndIn("DELETE_COMPLETE", () => this.#client.send(new DeleteStackCommand({ StackName: this.#id })));
  }

  async #mustEndIn(expected: string, begin: () => Promise<unknown>): Promise<void> {
    const { status, failed } = await this.#untilDone(begin);
    if (status !== expected) throw new Error(`${this.#id}: ${status} instead of ${expected}. ${failed}`);
  }

  async #untilDone(begin: () => Promise<unknown>): Promise<{ status: string; failed: string }> {
    const watcher = await StackWatcher.watch(this.#client, this.#id, this.#target.pollMs);
    await begin();
    const failed: string[] = [];
    const status = await watcher.untilDone(({ ResourceStatus = "", LogicalResourceId, ResourceStatusReason }) => {
      if (ResourceStatus.endsWith("_FAILED")) failed.push(`${LogicalResourceId}: ${ResourceStatusReason}`);
    });
    return { status, failed: failed.join("; ") };
  }
}
