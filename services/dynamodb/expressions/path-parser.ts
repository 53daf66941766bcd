import { isReservedWord } from "../reserved-words.ts";
import type { PathNode, PathPart } from "./ast.ts";
import type { Problems } from "./problems.ts";
import type { Tokens } from "./tokens.ts";

const MAX_PATH_PARTS = 32;
const MAX_LIST_INDEX = 2 ** 31 - 1;

/** What all three grammars share: document paths. */
export class PathParser {
  readonly tokens: Tokens;
  readonly problems: Problems;

  constructor(tokens: Tokens, problems: Problems) {
    this.tokens = tokens;
    this.problems = problems;
  }

  path(): PathNode {
    return this.pathFrom([this.#name()]);
  }

  /** The rest of a path of which `parts` are read. */
  pathFrom(parts: readonly PathPart[]): PathNode {
    const path = [...parts];
    for (;;) {
      if (this.tokens.takeSymbol(".")) path.push(this.#name());
      else if (this.tokens.takeSymbol("[")) path.push(this.#index());
      else break;
    }
    if (path.length > MAX_PATH_PARTS) {
      const problem = "The document path has too many nesting levels; nesting levels:";
      this.problems.add("size", `${problem} ${path.length}`);
    }
    return { kind: "path", parts: path };
  }

  #name(): PathPart {
    const token = this.tokens.peek();
    if (token.kind !== "name" && token.kind !== "#name") throw this.tokens.syntaxError();
    this.tokens.take();
    if (token.kind === "#name") return { placeholder: token.text };
    if (isReservedWord(token.text)) {
      this.problems.add("reserved", `Attribute name is a reserved keyword; reserved keyword: ${token.text}`);
    }
    return { name: token.text };
  }

  #index(): PathPart {
    if (this.tokens.peek().kind !== "digits") throw this.tokens.syntaxError();
    const { text } = this.tokens.take();
    this.tokens.expectSymbol("]");
    const index = Number(text);
    if (text.length > 10 || index > MAX_LIST_INDEX) {
      this.problems.add("size", `List index is not within the allowable range; index: [${text}]`);
    }
    return { index };
  }
}
