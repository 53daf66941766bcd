export { open, seal } from "../../emulator/model/sealed-token.ts";

/** What a token is for: one is not taken for another. */
export type TokenKind = "shard-iterator" | "list-shards" | "list-streams" | "list-stream-consumers";
