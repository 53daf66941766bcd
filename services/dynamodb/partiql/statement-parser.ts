import { validationError } from "../errors.ts";
import { cachedByText } from "../../../emulator/runtime/cached-by-text.ts";
import type {
  ChangeNode,
  DeleteNode,
  Expression,
  InsertNode,
  Returning,
  SelectNode,
  SourceNode,
  UpdateNode,
} from "./ast.ts";
import { Cursor } from "./cursor.ts";
import { invalidAt, notWellFormed } from "./errors.ts";
import { ExpressionParser } from "./expression-parser.ts";
import type { Span } from "./tokens.ts";

export interface Parsed {
  readonly expression: Expression;
  /** How many `?` it has. */
  readonly parameters: number;
}

/**
 * Parses a statement, each text once. What it is about, and whether DynamoDB does it, is for others to say.
 * @throws AwsError ValidationException
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ql-reference.statements.html
 */
export const parseStatement = cachedByText((text): Parsed => new StatementParser(text).parse());

class StatementParser {
  readonly #cursor: Cursor;
  readonly #expressions: ExpressionParser;

  constructor(text: string) {
    this.#cursor = new Cursor(text);
    this.#expressions = new ExpressionParser(this.#cursor, () => this.#statement());
  }

  parse(): Parsed {
    const expression = this.#expressions.expression();
    this.#cursor.takeSymbol(";");
    if (this.#cursor.peek().kind !== "end") throw notWellFormed("Unexpected token after expression");
    return { expression, parameters: this.#cursor.parameters };
  }

  #statement(): Expression | undefined {
    const { text, span } = this.#cursor.peek();
    switch (text) {
      case "select":
        this.#cursor.take();
        return this.#select(span);
      case "insert":
        return this.#insert(span);
      case "update":
        this.#cursor.take();
        return this.#update(span);
      case "delete":
        this.#cursor.take();
        return this.#delete(span);
      case "from":
        this.#cursor.take();
        return this.#fromFirst(span);
      case "set":
      case "remove":
        throw validationError("Only select from a single table or index is supported.");
      case "create":
      case "drop": {
        this.#cursor.take();
        const what = this.#cursor.isKeyword("table") ? "Table" : this.#cursor.isKeyword("index") ? "Index" : undefined;
        if (what === undefined) throw notWellFormed(`Unexpected token following ${text.toUpperCase()}`);
        throw validationError(`Unsupported operation: ${text === "create" ? "Create" : "Drop"}${what}`);
      }
      case "exec":
        throw validationError("Unsupported operation: Exec");
      default:
        return undefined;
    }
  }

  #select(at: Span): SelectNode {
    const problems: (() => Error)[] = [];
    const report = (problem: () => Error): number => problems.push(problem);
    if (this.#cursor.takeKeywords("distinct")) {
      report(() => validationError("Unsupported token in expression: DISTINCT"));
    } else this.#cursor.takeKeywords("all");
    let projection: SelectNode["projection"];
    if (this.#cursor.takeKeywords("value")) {
      this.#expressions.expression();
      report(() => validationError("Select projection doesn't support value or pivot keywords"));
    } else projection = this.#projection();
    this.#cursor.expectKeyword("from", "Expected FROM after SELECT list");
    const sources = this.#sources();
    const where = this.#where();
    const order = this.#order();
    if (this.#cursor.takeKeywords("group")) {
      this.#cursor.expectKeyword("by", "Expected BY");
      do this.#expressions.expression();
      while (this.#cursor.takeSymbol(","));
      report(() => validationError("Unsupported clause: GROUP BY"));
    }
    for (const clause of ["having", "limit"]) {
      if (!this.#cursor.takeKeywords(clause)) continue;
      const { at: place } = this.#expressions.expression();
      report(() => invalidAt(`Unsupported clause: ${clause.toUpperCase()}`, place));
    }
    return { kind: "select", projection, sources, where, order, unsupported: problems[0], at };
  }

  #projection(): SelectNode["projection"] {
    const items: { expression: Expression; hasAlias: boolean }[] = [];
    let hasStar = false;
    do {
      if (this.#cursor.takeSymbol("*")) {
        hasStar = true;
        continue;
      }
      const expression = this.#expressions.expression();
      items.push({ expression, hasAlias: this.#alias() });
    } while (this.#cursor.takeSymbol(","));
    if (hasStar && items.length > 0) {
      throw notWellFormed(
        "Other expressions may not be present in the select list when '*' is used without dot notation.",
      );
    }
    return hasStar ? undefined : items;
  }

  #sources(): SourceNode[] {
    const sources: SourceNode[] = [];
    do {
      const isUnpivoted = this.#cursor.takeKeywords("unpivot");
      const expression = this.#expressions.expression();
      sources.push({ expression, hasAlias: this.#sourceAlias() });
      // what UNPIVOT or a join makes is as little one table as two of them are
      if (isUnpivoted || this.#takeJoin()) sources.push({ expression, hasAlias: false });
    } while (this.#cursor.takeSymbol(","));
    return sources;
  }

  #takeJoin(): boolean {
    let isJoined = false;
    for (;;) {
      while (["inner", "left", "right", "full", "outer", "cross"].some((word) => this.#cursor.takeKeywords(word)));
      if (!this.#cursor.takeKeywords("join")) return isJoined;
      isJoined = true;
      this.#expressions.expression();
      this.#sourceAlias();
      if (this.#cursor.takeKeywords("on")) this.#expressions.expression();
    }
  }

  #insert(at: Span): InsertNode {
    this.#cursor.take();
    this.#cursor.expectKeyword("into", "Unexpected keyword");
    const target = this.#expressions.simplePath();
    if (!this.#cursor.takeKeywords("value")) {
      if (this.#cursor.takeKeywords("values") && !this.#cursor.isSymbol("(")) throw notWellFormed("Expected '('");
      const value = this.#expressions.expression();
      const unsupported = () =>
        validationError(
          "Unsupported operation: Inserting multiple items in a single statement is not supported, " +
            'use "INSERT INTO tableName VALUE item" instead',
        );
      return { kind: "insert", target, value, unsupported, at };
    }
    const value = this.#expressions.expression();
    const problems: (() => Error)[] = [];
    if (this.#cursor.takeKeywords("at")) {
      this.#expressions.expression();
      problems.push(() => invalidAt("AT is not supported in insert statements.", at));
    }
    if (this.#cursor.takeKeywords("on", "conflict")) {
      this.#cursor.expectKeyword("where", "invalid ON CONFLICT syntax");
      this.#expressions.expression();
      if (!this.#cursor.takeKeywords("do", "nothing")) throw notWellFormed("invalid ON CONFLICT syntax");
      problems.push(() => validationError("Unsupported clause: ON CONFLICT"));
    }
    if (this.#returning() !== undefined) problems.push(() => validationError("RETURNING is not supported in INSERT"));
    return { kind: "insert", target, value, unsupported: problems[0], at };
  }

  #update(at: Span): UpdateNode {
    const source = { expression: this.#expressions.simplePath(), hasAlias: this.#sourceAlias() };
    const changes = this.#changes();
    return { kind: "update", source, changes, where: this.#where(), returning: this.#returning(), at };
  }

  #delete(at: Span): DeleteNode {
    this.#cursor.expectKeyword("from", "Expected FROM after DELETE");
    const source = { expression: this.#expressions.simplePath(), hasAlias: this.#sourceAlias() };
    return { kind: "delete", source, where: this.#where(), returning: this.#returning(), at };
  }

  /** `FROM table WHERE .. SET ..`: an UPDATE, said the other way round. */
  #fromFirst(at: Span): UpdateNode {
    const [source, ...others] = this.#sources();
    const where = this.#where();
    if (this.#cursor.isKeyword("insert")) {
      throw invalidAt("Unsupported FROM ... WHERE ... clause in INSERT statement.", at);
    }
    const changes = this.#changes();
    if (source === undefined || others.length > 0) {
      throw validationError("FROM clause may only contain a single table name in data manipulation statements");
    }
    return { kind: "update", source, changes, where, returning: this.#returning(), at };
  }

  #changes(): ChangeNode[] {
    const changes: ChangeNode[] = [];
    for (;;) {
      if (this.#cursor.takeKeywords("remove")) {
        changes.push({ kind: "remove", target: this.#expressions.simplePath() });
      } else if (this.#cursor.takeKeywords("set")) {
        do {
          const target = this.#expressions.simplePath();
          this.#cursor.expectSymbol("=", "Expected '='");
          changes.push({ kind: "set", target, value: this.#expressions.expression() });
        } while (this.#cursor.takeSymbol(","));
      } else if (changes.length === 0) throw notWellFormed("Expected data manipulation");
      else return changes;
    }
  }

  #where(): Expression | undefined {
    return this.#cursor.takeKeywords("where") ? this.#expressions.expression() : undefined;
  }

  #order(): SelectNode["order"] {
    if (!this.#cursor.takeKeywords("order")) return [];
    this.#cursor.expectKeyword("by", "Expected BY");
    const order: { expression: Expression; descending: boolean }[] = [];
    do {
      const expression = this.#expressions.expression();
      const descending = this.#cursor.takeKeywords("desc");
      if (!descending) this.#cursor.takeKeywords("asc");
      order.push({ expression, descending });
    } while (this.#cursor.takeSymbol(","));
    return order;
  }

  #returning(): Returning | undefined {
    if (!this.#cursor.takeKeywords("returning")) return undefined;
    const first = this.#returned();
    if (this.#cursor.takeSymbol(",")) {
      this.#returned();
      throw validationError("Invalid syntax with multiple returning elements in RETURNING clause");
    }
    return first;
  }

  #returned(): Returning {
    const which = (["all", "modified"] as const).find((word) => this.#cursor.takeKeywords(word));
    const when = which && (["old", "new"] as const).find((word) => this.#cursor.takeKeywords(word));
    if (which === undefined || when === undefined) {
      throw notWellFormed("Expected ( MODIFIED | ALL ) ( NEW | OLD ) in each returning element.");
    }
    if (!this.#cursor.takeSymbol("*")) {
      this.#expressions.expression();
      throw validationError("Expected '*' after ( MODIFIED | ALL ) ( NEW | OLD ) in RETURNING clause");
    }
    return { which: which === "all" ? "ALL" : "MODIFIED", when: when === "old" ? "OLD" : "NEW" };
  }

  /** `name` or `AS name` behind an expression. */
  #alias(): boolean {
    const isSaid = this.#cursor.takeKeywords("as");
    const { kind } = this.#cursor.peek();
    const isNamed = kind === "name" || kind === "quoted";
    if (isNamed) this.#cursor.take();
    else if (isSaid) throw notWellFormed("Expected identifier for alias");
    return isNamed;
  }

  #sourceAlias(): boolean {
    let hasAlias = this.#alias();
    for (const word of ["at", "by"]) {
      if (!this.#cursor.takeKeywords(word)) continue;
      const { kind } = this.#cursor.take();
      if (kind !== "name" && kind !== "quoted") throw notWellFormed("Expected identifier for alias");
      hasAlias = true;
    }
    return hasAlias;
  }
}
