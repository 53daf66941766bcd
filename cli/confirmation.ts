import { createInterface } from "node:readline/promises";
import { UserError } from "./errors.ts";

export interface Consent {
  /** Given beforehand, by --yes. */
  readonly yes?: boolean;
}

/** Whether the user agreed beforehand: with --yes or CONFIRM=yes. */
export const isAgreed = ({ yes }: Consent): boolean => yes === true || process.env["CONFIRM"] === "yes";

/**
 * Asks before something that cannot be taken back.
 * @param what it is about: "create this in account 123456789012"
 * @param typed what has to be typed, instead of a mere yes
 * @throws UserError when the answer is another, or when there is nobody to ask
 */
export async function confirm(what: string, consent: Consent, typed?: string): Promise<void> {
  if (isAgreed(consent)) return;
  if (!process.stdin.isTTY) {
    throw new UserError(`Nobody is there to ask whether to ${what}: CONFIRM=yes or --yes says yes beforehand.`);
  }
  const how = typed === undefined ? "[y/N]" : `Type ${typed} or yes:`;
  const answer = (await ask(`${what[0]!.toUpperCase()}${what.slice(1)}? ${how} `)).toLowerCase();
  const yes = typed === undefined ? ["y", "yes"] : [typed, "yes"];
  if (!yes.includes(answer)) throw new UserError("Not confirmed: nothing was changed.");
}

/** What the user types as an answer; Ctrl+C and the end of the input are an empty one. */
export async function ask(question: string): Promise<string> {
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  const ended = new Promise<string>((resolve) => {
    lines.once("SIGINT", () => resolve(""));
    lines.once("close", () => resolve(""));
  });
  try {
    return (await Promise.race([lines.question(question), ended])).trim();
  } finally {
    lines.close();
  }
}
