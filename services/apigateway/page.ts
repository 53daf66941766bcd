import { pageByName } from "../../emulator/model/paging.ts";
import { badRequest } from "./errors.ts";

const DEFAULT_LIMIT = 25;
const LARGEST_LIMIT = 500;

interface PageRequest {
  readonly position?: string | undefined;
  readonly limit?: number | undefined;
}

/** One page of a list. @throws BadRequestException for a position that no page gave */
export function page<T>(
  all: readonly T[],
  nameOf: (item: T) => string,
  { position, limit }: PageRequest,
): { items: T[]; position?: string } {
  const size = Math.min(limit ?? DEFAULT_LIMIT, LARGEST_LIMIT);
  if (size < 1) throw badRequest("Invalid value for limit: it must be between 1 and 500");
  const { items, next } = pageByName(all, nameOf, size, position, () => badRequest("Invalid position specified"));
  return { items, ...(next !== undefined && { position: next }) };
}
