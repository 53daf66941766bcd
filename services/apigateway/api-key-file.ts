import { parse } from "csv-parse/sync";
import type { Ids } from "../../emulator/runtime/ids.ts";
import { newKey } from "./api-key.ts";
import { badRequest, conflict } from "./errors.ts";
import type { ApiGatewayStore } from "./store.ts";

/** AWS's names of the columns, in any case. */
const COLUMNS = ["name", "key", "description", "enabled", "usageplanids"];

/**
 * Creates the keys of a CSV document with a header of the columns name and key, and description, enabled, usageplanIds if need be.
 * Nothing is created when a key is already there, or (with `failOnWarnings`) when a usage plan is not.
 * @throws BadRequestException, ConflictException
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/api-key-file-format.html
 */
export function importKeys(
  store: ApiGatewayStore,
  ids: Ids,
  atMs: number,
  csv: string,
  failOnWarnings: boolean,
): { ids: string[]; warnings: string[] } {
  const warnings: string[] = [];
  const created = rowsOf(csv).map((row) => {
    const { name, key: value, description, enabled, usageplanids } = row;
    if (!name || !value) throw badRequest("API Key file must have a name and a key in each row");
    if (store.keyByValue(value)) throw conflict(`API Key already exists: ${name}`);
    const isEnabled = enabled === undefined || enabled === "" || enabled.toLowerCase() === "true";
    const key = newKey(store, ids, atMs, { name, value, enabled: isEnabled, ...(description && { description }) });
    store.putKey(key);
    for (const planId of (usageplanids ?? "").split(",").map((id) => id.trim())) {
      if (planId === "") continue;
      if (store.plan(planId)) store.putPlanKey(planId, key.id);
      else warnings.push(`Usage Plan ${planId} of API Key ${name} does not exist`);
    }
    return key.id;
  });
  if (failOnWarnings && warnings.length > 0) throw badRequest(`Warnings found during import: ${warnings.join("; ")}`);
  return { ids: created, warnings };
}

function rowsOf(csv: string): Record<string, string | undefined>[] {
  try {
    return parse(csv, {
      columns: (header: string[]) => header.map((name) => name.trim().toLowerCase()).map(known),
      skip_empty_lines: true,
      trim: true,
      bom: true,
    });
  } catch (error) {
    throw badRequest(`Unable to read the API Key file: ${(error as Error).message}`);
  }
}

function known(column: string): string {
  if (!COLUMNS.includes(column)) throw new Error(`unknown column ${column}`);
  return column;
}
