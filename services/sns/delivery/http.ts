import { request as requestHttp } from "node:http";
import { request as requestHttps } from "node:https";
import type { Host } from "../../../emulator/model/context.ts";
import type { Message, Subscription } from "../model.ts";

/** How long an endpoint may take to answer. */
const TIMEOUT_MS = 15_000;

export interface Post {
  readonly message: Message;
  readonly subscription: Subscription;
  readonly body: string;
  readonly contentType: string;
  readonly isRaw: boolean;
}

/**
 * Posts a message to an HTTP endpoint.
 * @returns the status of its answer
 * @throws Error when there is none within 15 seconds
 * @see https://docs.aws.amazon.com/sns/latest/dg/http-header.html
 */
export function post(
  { host: { scheduler }, signal }: { readonly host: Pick<Host, "scheduler">; readonly signal: AbortSignal },
  { message, subscription, body, contentType, isRaw }: Post,
): Promise<number> {
  const url = new URL(subscription.endpoint);
  const credentials = `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`;
  const send = url.protocol === "https:" ? requestHttps : requestHttp;
  return new Promise<number>((resolve, reject) => {
    const request = send(url, {
      method: "POST",
      agent: false,
      signal,
      headers: {
        "x-amz-sns-message-type": message.kind,
        "x-amz-sns-message-id": message.id,
        "x-amz-sns-topic-arn": message.topicArn,
        ...(message.kind !== "SubscriptionConfirmation" && { "x-amz-sns-subscription-arn": subscription.arn }),
        ...(isRaw && { "x-amz-sns-rawdelivery": "true" }),
        "content-type": contentType,
        "content-length": Buffer.byteLength(body),
        "user-agent": "Amazon Simple Notification Service Agent",
        "accept-encoding": "gzip,deflate",
        ...(credentials !== ":" && { authorization: `Basic ${Buffer.from(credentials).toString("base64")}` }),
      },
    });
    const timer = scheduler.after(TIMEOUT_MS, () => {
      request.destroy(new Error(`no answer within ${TIMEOUT_MS} milliseconds`));
    });
    request.on("response", (response) => {
      timer.cancel();
      response.resume();
      response.on("error", () => {});
      resolve(response.statusCode ?? 0);
    });
    request.on("error", (error) => {
      timer.cancel();
      reject(error);
    });
    request.end(body);
  });
}
