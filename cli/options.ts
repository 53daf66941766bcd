import { type Command, InvalidArgumentError, Option } from "commander";
import { UserError } from "./errors.ts";
import { DEFAULT_TARGET, TARGET_NAMES } from "./targets/index.ts";

/** The options of every command that goes to a target. */
export function targeted(command: Command): Command {
  return command
    .addOption(
      new Option("--target <name>", `where to: ${TARGET_NAMES.join(", ")}`)
        .default(DEFAULT_TARGET)
        .env("HEADWATER_TARGET"),
    )
    .option("--endpoint <url>", "the target's URL, when it is not the usual one", httpUrl)
    .option("--region <region>", "AWS region");
}

export function httpUrl(text: string): string {
  if (URL.canParse(text) && /^https?:/.test(text)) return text.replace(/\/$/, "");
  throw new InvalidArgumentError("An endpoint is a URL such as http://127.0.0.1:4566.");
}

/** Whether a variable that stands for yes or no says yes: in the words that LocalStack knows, as it takes all others for no. */
export function isOn(name: string, value: string): boolean {
  const word = value.trim().toLowerCase();
  if (["1", "true"].includes(word)) return true;
  if (["", "0", "false"].includes(word)) return false;
  throw new UserError(`${name} is 1 or true, 0 or false, and not ${value}.`);
}

export const collect = (value: string, before: readonly string[]): string[] => [...before, value];

export function port(text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= 0 && value <= 65_535) return value;
  throw new InvalidArgumentError("A port is a whole number from 0 to 65535.");
}

export const positive = (name: string) => (text: string) => {
  const value = Number(text);
  if (text.trim() !== "" && Number.isFinite(value) && value >= 1) return value;
  throw new InvalidArgumentError(`The ${name} is a number of 1 or more.`);
};

export const wholePositive = (name: string) => (text: string) => {
  const value = Number(text);
  if (Number.isSafeInteger(value) && value >= 1) return value;
  throw new InvalidArgumentError(`The ${name} is a whole number of 1 or more.`);
};

export const notNegative = (name: string) => (text: string) => {
  const value = Number(text);
  if (text.trim() !== "" && Number.isFinite(value) && value >= 0) return value;
  throw new InvalidArgumentError(`The ${name} is a number of 0 or more.`);
};

/** A share, 0 to 1. */
export const share = (name: string) => (text: string) => {
  const value = Number(text);
  if (text.trim() !== "" && value >= 0 && value <= 1) return value;
  throw new InvalidArgumentError(`The ${name} is a number from 0 to 1.`);
};
