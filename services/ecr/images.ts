import { invalidParameter } from "./errors.ts";

export interface ImagesInput {
  readonly filter?: { readonly tagStatus?: string; readonly imageStatus?: string };
  readonly maxResults?: number;
  readonly nextToken?: string;
}

/** A list without an end has no second page; every filter and every page size leaves an empty list empty. */
export function refusePaging({ nextToken }: ImagesInput): void {
  if (nextToken !== undefined) throw invalidParameter("nextToken", "is not valid");
}
