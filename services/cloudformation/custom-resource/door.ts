import type { Host } from "../../../emulator/model/context.ts";
import type { Door, DoorRequest } from "../../../emulator/model/service.ts";
import type { Answer } from "../../../emulator/protocol/operation-codec.ts";
import { acceptAnswer, CALLBACK_PATH } from "./callbacks.ts";

/** CloudFormation reads 4,096 bytes of an answer; more is refused when it is read. */
const LIMIT_BYTES = 64 * 1024;

const answered = (status: number, headers: Record<string, string> = {}): Answer => ({ status, headers, body: "" });

/** The URLs to which custom resources put their answers. */
export function callbackDoor(host: Host, request: DoorRequest): Door | undefined {
  if (!request.path.startsWith(CALLBACK_PATH)) return undefined;
  return async () => {
    if (request.method !== "PUT") return answered(405, { allow: "PUT" });
    const document = (await request.body(LIMIT_BYTES)).toString("utf8");
    const status = acceptAnswer(host, request.path, request.query.get("Signature") ?? "", document);
    return answered(status);
  };
}
