import { VtlError } from "./values.ts";

const compiled = new Map<string, RegExp>();
/** Expressions that are remembered; templates have few. */
const REMEMBERED = 500;

/** POSIX classes of Java that JavaScript has under other names or not at all. */
const CLASSES: Readonly<Record<string, string>> = {
  Alpha: "a-zA-Z",
  Digit: "0-9",
  Alnum: "a-zA-Z0-9",
  Upper: "A-Z",
  Lower: "a-z",
  Punct: "!-\\/:-@\\[-`{-~",
  Space: "\\s",
  XDigit: "0-9a-fA-F",
};

/**
 * A Java regular expression as one of JavaScript: inline flags at the beginning, POSIX classes, \Q...\E, \A, \z and possessive
 * quantifiers (taken as greedy ones) are translated.
 * @throws VtlError for one that JavaScript has no word for
 */
export function javaRegex(source: string, flags = ""): RegExp {
  const key = `${flags}/${source}`;
  let regex = compiled.get(key);
  if (!regex) {
    if (compiled.size >= REMEMBERED) compiled.clear();
    regex = compile(source, flags);
    compiled.set(key, regex);
  }
  regex.lastIndex = 0;
  return regex;
}

function compile(source: string, flags: string): RegExp {
  let all = flags;
  const body = source
    .replaceAll(/\\Q([\s\S]*?)(?:\\E|$)/g, (_whole, literal: string) =>
      literal.replaceAll(/[\\^$.*+?()[\]{}|/]/g, "\\$&"),
    )
    .replace(/^\(\?([a-z]+)\)/, (_whole, inline: string) => {
      for (const flag of inline) if ("ims".includes(flag) && !all.includes(flag)) all += flag;
      return "";
    })
    .replaceAll(
      /\\p\{(Alpha|Digit|Alnum|Upper|Lower|Punct|Space|XDigit)\}/g,
      (_whole, name: string, at: number, text: string) =>
        insideClass(text, at) ? (CLASSES[name] ?? "") : `[${CLASSES[name]}]`,
    )
    .replaceAll(String.raw`\A`, "^")
    .replaceAll(/\\[zZ]/g, "$")
    .replaceAll(/([*+?}])\+/g, "$1");
  try {
    return new RegExp(body, body.includes(String.raw`\p{`) ? `${all}u` : all);
  } catch (error) {
    throw new VtlError(`The regular expression ${source} is not well-formed: ${(error as Error).message}`);
  }
}

const insideClass = (text: string, at: number): boolean => text.lastIndexOf("[", at) > text.lastIndexOf("]", at);

/** `$1` and `\$` of a Java replacement as JavaScript writes them. */
export const javaReplacement = (text: string): string =>
  text.replaceAll(/\\(.)|\$(\d)|\$\{(\w+)\}|\$/g, (_whole, escaped?: string, group?: string, name?: string) => {
    if (escaped !== undefined) return escaped === "$" ? "$$" : escaped;
    if (group === "0") return "$&";
    if (group !== undefined) return `$${group}`;
    return name === undefined ? "$$" : `$<${name}>`;
  });
