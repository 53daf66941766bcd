import { AwsError } from "../../../emulator/model/errors.ts";
import type { Door, DoorRequest, Service } from "../../../emulator/model/service.ts";
import { encodeError } from "../../../emulator/protocol/encode-error.ts";
import { type Answer, operationCodec } from "../../../emulator/protocol/operation-codec.ts";
import { invalidParameter } from "../errors.ts";
import { confirm, type Desk, unsubscribe } from "../subscribing.ts";
import type { Signer } from "./signer.ts";

const CERTIFICATES = "/SimpleNotificationService-";

/** What a door needs of the service that it belongs to. */
export interface DoorKeeper {
  readonly signer: Signer;
  readonly desk: Desk;
  /** Known only when the service is made: it encodes the answers. */
  readonly service: () => Service;
}

/**
 * The URLs that messages carry: the certificate of their signatures, and SubscribeURL and UnsubscribeURL, which anybody can
 * follow who has them. A signed request takes the way of every other call.
 */
export function findDoor(request: DoorRequest, keeper: DoorKeeper): Door | undefined {
  if (request.method !== "GET") return undefined;
  if (request.path === "/") return findUnsignedCall(request, keeper);
  const certificate = request.path.startsWith(CERTIFICATES) ? keeper.signer.certificate(request.path) : undefined;
  if (certificate === undefined) return undefined;
  return async () => ({ status: 200, headers: { "content-type": "application/x-pem-file" }, body: certificate });
}

function findUnsignedCall({ query, headers, requestId }: DoorRequest, keeper: DoorKeeper): Door | undefined {
  const operation = query.get("Action");
  if (operation !== "ConfirmSubscription" && operation !== "Unsubscribe") return undefined;
  if (headers["authorization"] !== undefined || query.has("X-Amz-Credential")) return undefined;
  return async (): Promise<Answer> => {
    const service = keeper.service();
    try {
      const output = operation === "Unsubscribe" ? unsubscribeBy(query, keeper.desk) : confirmBy(query, keeper.desk);
      return operationCodec(service, operation, "query").encode(output, requestId);
    } catch (error) {
      if (error instanceof AwsError) return encodeError(service, "query", error, requestId);
      throw error;
    }
  };
}

function confirmBy(query: URLSearchParams, desk: Desk): { SubscriptionArn: string } {
  const token = query.get("Token");
  if (token === null) throw invalidParameter("Token");
  return { SubscriptionArn: confirm(desk, query.get("TopicArn") ?? "", token, { authenticated: false }).arn };
}

function unsubscribeBy(query: URLSearchParams, desk: Desk): Record<string, never> {
  unsubscribe(desk, query.get("SubscriptionArn") ?? "");
  return {};
}
