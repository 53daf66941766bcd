import { callersEndpoint } from "../../emulator/model/callers-endpoint.ts";
import type { Context } from "../../emulator/model/context.ts";
import { accessDenied, missingParameter, queueNotFound } from "./errors.ts";
import type { SqsState } from "./index.ts";
import type { Queue, Scope } from "./model.ts";

const PATH = /^\/(\d{12})\/([A-Za-z0-9_-]{1,80}(?:\.fifo)?)\/?$/;

export interface QueueReference {
  readonly account: string;
  readonly name: string;
}

/** What a queue's URL names; also its path alone or, as AWS takes it, its name. */
export function parseQueueUrl(url: string, scope: Pick<Scope, "account">): QueueReference | undefined {
  if (/^[A-Za-z0-9_-]+(?:\.fifo)?$/.test(url)) return { account: scope.account, name: url };
  const [, account, name] = PATH.exec(url.replace(/^https?:\/\/[^/]+/, "")) ?? [];
  return account === undefined || name === undefined ? undefined : { account, name };
}

/** The URL of a queue, under the name by which the client has reached the emulator: clients send their calls to it. */
export const queueUrl = (ctx: Pick<Context, "publicEndpoint" | "request">, { account, name }: QueueReference): string =>
  `${callersEndpoint(ctx)}/${account}/${name}`;

/**
 * The queue that a request is about; old clients say it by the path of their request alone.
 * @throws QueueDoesNotExist, MissingParameter
 */
export function requireQueue(ctx: Context<SqsState>, given: string | undefined): Queue {
  const url = given ?? (PATH.test(ctx.request?.path ?? "") ? ctx.request?.path : undefined);
  if (url === undefined) throw missingParameter("QueueUrl");
  const reference = parseQueueUrl(url, ctx);
  const queue = reference && ctx.store.find(reference.name, reference.account);
  if (!queue) throw queueNotFound();
  return queue;
}

/**
 * The same for what only the queue's own account may do, whatever its policy says.
 * @throws QueueDoesNotExist, MissingParameter, AccessDenied
 * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-customer-managed-policy-examples.html
 */
export function requireOwnQueue(ctx: Context<SqsState>, url: string | undefined): Queue {
  const queue = requireQueue(ctx, url);
  if (queue.account !== ctx.account) throw accessDenied(url ?? "");
  return queue;
}
