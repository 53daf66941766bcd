import type { CreateApiKeyRequest } from "@aws-sdk/client-api-gateway";
import type { Ids } from "../../emulator/runtime/ids.ts";
import { badRequest, conflict } from "./errors.ts";
import { newId, newKeyValue } from "./ids.ts";
import type { ApiKey } from "./model.ts";
import { compact } from "./patch.ts";
import type { ApiGatewayStore } from "./store.ts";
import { checkTags } from "./tags.ts";
import { requireStageExists } from "./usage-plan.ts";

const SHORTEST_VALUE = 20;
const LONGEST_VALUE = 128;

/** The key that a request describes. @throws BadRequestException, ConflictException, NotFoundException */
export function newKey(store: ApiGatewayStore, ids: Ids, atMs: number, input: CreateApiKeyRequest): ApiKey {
  const value = input.value === undefined || input.value === "" ? newKeyValue(ids) : input.value;
  if (value.length < SHORTEST_VALUE) throw badRequest(`API Key value should be at least ${SHORTEST_VALUE} characters`);
  if (value.length > LONGEST_VALUE) throw badRequest(`API Key value should be at most ${LONGEST_VALUE} characters`);
  if (store.keyByValue(value)) throw conflict("API Key already exists");
  const stageKeys = (input.stageKeys ?? []).map(({ restApiId = "", stageName = "" }) => {
    requireStageExists(store, restApiId, stageName);
    return `${restApiId}/${stageName}`;
  });
  return compact({
    id: newId(ids),
    value,
    name: input.name,
    description: input.description,
    customerId: input.customerId,
    enabled: input.enabled ?? false,
    stageKeys,
    tags: checkTags(input.tags ?? {}),
    createdAt: atMs,
    updatedAt: atMs,
  });
}
