import type { Operation } from "../index.ts";
import { requireKey } from "../lookup.ts";
import { keyView } from "../views.ts";

/**
 * One API key; `includeValue` answers its value too.
 * @throws NotFoundException
 * @see https://docs.aws.amazon.com/apigateway/latest/api/API_GetApiKey.html
 */
export const getApiKey: Operation<"GetApiKey"> = ({ store }, { apiKey, includeValue }) =>
  keyView(requireKey(store, apiKey), includeValue === true);
