import { globalTable } from "./resources/global-table.ts";
import { table } from "./resources/table.ts";

export const dynamodbResources = [table, globalTable];
