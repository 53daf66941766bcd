import { setTimeout as delay } from "node:timers/promises";
import {
  CloudFormationClient,
  DescribeStackEventsCommand,
  DescribeStacksCommand,
  type Stack,
  type StackEvent,
} from "@aws-sdk/client-cloudformation";
import { UserError } from "../errors.ts";
import type { Pipeline } from "../pipelines/pipeline.ts";
import { commandOn, type Target } from "../targets/index.ts";

export const cloudFormation = (target: Target) => new CloudFormationClient(target.clientConfig);

/** The stack of this name or id; undefined when there is none. */
export async function findStack(client: CloudFormationClient, name: string): Promise<Stack | undefined> {
  try {
    const { Stacks } = await client.send(new DescribeStacksCommand({ StackName: name }));
    return Stacks?.[0];
  } catch (error) {
    if (/does not exist/.test((error as Error).message)) return undefined;
    throw error;
  }
}

export type Outputs = Readonly<Record<string, string>>;

export const outputsOf = ({ Outputs: outputs = [] }: Stack): Outputs =>
  Object.fromEntries(outputs.map(({ OutputKey, OutputValue }) => [OutputKey!, OutputValue!]));

/** The outputs of a deployed pipeline. */
export async function pipelineOutputs(target: Target, { name }: Pipeline): Promise<Outputs> {
  const stack = await findStack(cloudFormation(target), name);
  if (!stack) {
    const command = commandOn(target, `deploy ${name}`);
    throw new UserError(`${name} is not deployed on ${target.name}: \`${command}\` does it.`);
  }
  return outputsOf(stack);
}

/** An output by its name; a stack of an older template may lack it. */
export function output(outputs: Outputs, name: string): string {
  const value = outputs[name];
  if (value === undefined) throw new UserError(`The stack has no output ${name}: deploy it again.`);
  return value;
}

/** Where the API of a stack with outputs ApiId and StageName is called, without a slash at its end. */
export const apiUrlOf = (target: Target, outputs: Outputs): string =>
  target.apiUrl(output(outputs, "ApiId"), output(outputs, "StageName"));

const isStackItself = (event: StackEvent) => event.PhysicalResourceId === event.StackId;

const isFinal = (status: string) => /_(COMPLETE|FAILED)$/.test(status);

/** Follows what happens to a stack: events of before `watch()` are passed over. */
export class StackWatcher {
  readonly #client: CloudFormationClient;
  readonly #stack: string;
  readonly #pollMs: number;
  readonly #seen = new Set<string>();

  private constructor(client: CloudFormationClient, stack: string, pollMs: number) {
    this.#client = client;
    this.#stack = stack;
    this.#pollMs = pollMs;
  }

  /** @param stack the stack's id: only by it can a deleted stack be asked about */
  static async watch(client: CloudFormationClient, stack: string, pollMs: number): Promise<StackWatcher> {
    const watcher = new StackWatcher(client, stack, pollMs);
    await watcher.#newEvents();
    return watcher;
  }

  /** Tells each event in its order until the stack is at rest; the stack's last status. */
  async untilDone(onEvent: (event: StackEvent) => void): Promise<string> {
    for (;;) {
      for (const event of await this.#newEvents()) {
        onEvent(event);
        const status = event.ResourceStatus ?? "";
        if (isStackItself(event) && isFinal(status)) return status;
      }
      await delay(this.#pollMs);
    }
  }

  /** Oldest first. The service lists the newest first, so the pages are read up to one that was seen. */
  async #newEvents(): Promise<StackEvent[]> {
    const events: StackEvent[] = [];
    let token: string | undefined;
    do {
      const page = await this.#client.send(
        new DescribeStackEventsCommand({ StackName: this.#stack, NextToken: token }),
      );
      const fresh = (page.StackEvents ?? []).filter(({ EventId }) => !this.#seen.has(EventId!));
      events.push(...fresh);
      token = fresh.length === page.StackEvents?.length ? page.NextToken : undefined;
    } while (token !== undefined);
    for (const { EventId } of events) this.#seen.add(EventId!);
    return events.toReversed();
  }
}
