import { importKeys } from "../api-key-file.ts";
import { badRequest } from "../errors.ts";
import type { Operation } from "../index.ts";

/**
 * Creates API keys from a CSV document, and adds them to the usage plans that it names.
 * @throws BadRequestException, ConflictException
 * @see https://docs.aws.amazon.com/apigateway/latest/api/API_ImportApiKeys.html
 */
export const importApiKeys: Operation<"ImportApiKeys"> = ({ store, ids, clock }, { body, format, failOnWarnings }) => {
  if (format !== "csv") throw badRequest("Invalid format specified. Must be one of: [csv]");
  return store.transaction(() =>
    importKeys(store, ids, clock.now(), Buffer.from(body as Uint8Array).toString("utf8"), failOnWarnings === true),
  );
};
