import type { Subject } from "./model.ts";

export const subjectNames = ({ table, index }: Subject): { TableName: string; IndexName?: string } => ({
  TableName: table.name,
  ...(index && { IndexName: index.name }),
});
