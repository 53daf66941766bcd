/** The value of a policy variable (`aws:username`, in lower case), if the request has exactly one. */
export type Variables = (name: string) => string | undefined;

/** A text of a policy, with what is special in it. */
export interface Pattern {
  matches(text: string, variables: Variables): boolean;
  /** As character codes, with its variables filled in; undefined when one has no value. */
  codes(variables: Variables): readonly number[] | undefined;
}

/** In place of a character's code: any sequence, any one character. */
export const STAR = -1;
export const ANY = -2;

interface Variable {
  readonly name: string;
  readonly otherwise: string | undefined;
}

type Part = readonly number[] | Variable;

const isVariable = (part: Part): part is Variable => "name" in part;

const codesOf = (text: string): number[] => Array.from({ length: text.length }, (_, at) => text.charCodeAt(at));

/** `${name}`, `${name, 'default'}`, and `${*}`, `${?}`, `${$}` for the characters themselves. */
const VARIABLE = /\$\{\s*(?:([*?$])|([^},\s]+)\s*(?:,\s*'([^']*)'\s*)?)\}/y;

export interface PatternOptions {
  /** Whether `*` and `?` stand for others. */
  readonly wildcards: boolean;
  /** Variables are a matter of version 2012-10-17. */
  readonly variables: boolean;
}

/** @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html */
export function compilePattern(text: string, options: PatternOptions): Pattern {
  const parts = parse(text, options);
  const [only] = parts;
  if (parts.length > 1 || (only && isVariable(only))) return withVariables(parts);
  const codes = only && !isVariable(only) ? only : [];
  return { matches: fixedMatcher(text, codes), codes: () => codes };
}

function parse(text: string, { wildcards, variables }: PatternOptions): Part[] {
  const parts: Part[] = [];
  let codes: number[] = [];
  for (let at = 0; at < text.length; at++) {
    VARIABLE.lastIndex = at;
    const found = variables && text[at] === "$" ? VARIABLE.exec(text) : null;
    if (!found) {
      const special = text[at] === "*" ? STAR : text[at] === "?" ? ANY : undefined;
      codes.push(wildcards && special !== undefined ? special : text.charCodeAt(at));
      continue;
    }
    const [whole, character, name = "", otherwise] = found;
    if (character === undefined) {
      parts.push(codes, { name: name.toLowerCase(), otherwise });
      codes = [];
    } else codes.push(character.charCodeAt(0));
    at += whole.length - 1;
  }
  if (codes.length > 0 || parts.length === 0) parts.push(codes);
  return parts.filter((part) => isVariable(part) || part.length > 0 || parts.length === 1);
}

/** The common forms without a walk: no wildcard at all, `*` alone, `*` at the end. */
function fixedMatcher(text: string, codes: readonly number[]): (value: string) => boolean {
  const special = codes.findIndex((code) => code < 0);
  if (special < 0) {
    const literal = String.fromCharCode(...codes);
    return (value) => value === literal;
  }
  if (special === codes.length - 1 && codes[special] === STAR) {
    const prefix = String.fromCharCode(...codes.slice(0, -1));
    return (value) => value.startsWith(prefix);
  }
  const head = literalHead(codes);
  return (value) => value.startsWith(head) && glob(codes, value);
}

/** What a text has to begin with: most patterns are told by it already. */
function literalHead(codes: readonly number[]): string {
  const special = codes.findIndex((code) => code < 0);
  return String.fromCharCode(...(special < 0 ? codes : codes.slice(0, special)));
}

function withVariables(parts: readonly Part[]): Pattern {
  const [first] = parts;
  const head = first && !isVariable(first) ? literalHead(first) : "";
  const codes = (variables: Variables): readonly number[] | undefined => {
    const all: number[] = [];
    for (const part of parts) {
      if (!isVariable(part)) {
        all.push(...part);
        continue;
      }
      const value = variables(part.name) ?? part.otherwise;
      if (value === undefined) return undefined;
      all.push(...codesOf(value));
    }
    return all;
  };
  return {
    codes,
    matches: (text, variables) => {
      if (!text.startsWith(head)) return false;
      const filled = codes(variables);
      return filled !== undefined && glob(filled, text);
    },
  };
}

/** Goes back to the last star only, so that no pattern takes more than the product of both lengths. */
export function glob(pattern: readonly number[], text: string): boolean {
  let p = 0;
  let star = -1;
  let resume = 0;
  for (let t = 0; t < text.length;) {
    const code = pattern[p];
    if (code === STAR) {
      star = p++;
      resume = t;
    } else if (code === ANY || code === text.charCodeAt(t)) {
      p++;
      t++;
    } else if (star >= 0) {
      p = star + 1;
      t = ++resume;
    } else return false;
  }
  while (pattern[p] === STAR) p++;
  return p === pattern.length;
}
