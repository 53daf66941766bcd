import type { HeaderList } from "../header-list.ts";

/** What an integration answered, and what the client is going to get. */
export interface Answer {
  readonly status: number;
  readonly headers: HeaderList;
  readonly body: Buffer;
}

/** An answer of a backend; `selection` is what the selection patterns of the integration responses are held against. */
export interface BackendAnswer extends Answer {
  readonly selection: string;
}
