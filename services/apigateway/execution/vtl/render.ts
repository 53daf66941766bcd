import { calculate, compare } from "./arithmetic.ts";
import type { CallNode, Expression, ForeachNode, Macro, Node, Reference, ReferenceNode } from "./ast.ts";
import { callMethod, element, property } from "./methods.ts";
import type { ParsedTemplate } from "./parse.ts";
import { HostObject, isEqual, isMap, isNumber, isTrue, javaList, newMap, toText, VtlError } from "./values.ts";

/** As often as a loop runs in API Gateway; it ends then, without an error. */
const MOST_ITERATIONS = 1_000;
/** As deep as macros may call each other (Velocity's default). */
const DEEPEST_MACRO = 20;
/** What a template may write at the most, in characters: API Gateway's limit of a payload. */
const LONGEST_OUTPUT = 10_485_760;
/** A range holds no more: a loop would not get further. */
const LONGEST_RANGE = 100_000;

type Signal = "break" | "stop" | undefined;

/** An argument of a macro or a `#define`d block: found out where it is used. */
class Lazy {
  readonly evaluate: () => unknown;

  constructor(evaluate: () => unknown) {
    this.evaluate = evaluate;
  }
}

/** Names that hide those outside: parameters of a macro, `$foreach`. */
interface Frame {
  readonly names: Map<string, unknown>;
  readonly outer: Frame | undefined;
}

/** Renders a template once. `variables` are what it sees, and what it may change. */
export class Renderer {
  readonly #globals: Map<string, unknown>;
  readonly #macros: ReadonlyMap<string, Macro>;
  #frame: Frame | undefined;
  #output: string[] = [];
  #length = 0;
  #macroDepth = 0;

  constructor({ macros }: ParsedTemplate, variables: Readonly<Record<string, unknown>>) {
    this.#macros = macros;
    this.#globals = new Map(Object.entries(variables));
  }

  /** @throws VtlError */
  render(nodes: readonly Node[]): string {
    this.#nodes(nodes);
    return this.#output.join("");
  }

  #write(text: string): void {
    this.#length += text.length;
    if (this.#length > LONGEST_OUTPUT) throw new VtlError("The output of the template is too long");
    this.#output.push(text);
  }

  #nodes(nodes: readonly Node[]): Signal {
    for (const node of nodes) {
      const signal = this.#node(node);
      if (signal) return signal;
    }
    return undefined;
  }

  #node(node: Node): Signal {
    if (typeof node === "string") {
      this.#write(node);
      return undefined;
    }
    switch (node.kind) {
      case "reference":
        this.#reference(node);
        return undefined;
      case "set":
        this.#assign(node.target, this.#evaluate(node.value));
        return undefined;
      case "if": {
        const branch = node.branches.find(({ condition }) => isTrue(this.#evaluate(condition)));
        return this.#nodes(branch ? branch.body : node.otherwise);
      }
      case "foreach":
        return this.#foreach(node);
      case "call":
        return this.#call(node);
      case "define": {
        const { frame, body } = { frame: this.#frame, body: node.body };
        this.#set(node.name, new Lazy(() => this.#within(frame, () => this.#capture(body))));
        return undefined;
      }
      default:
        return node.kind;
    }
  }

  /** A backslash keeps a reference from being one, where there is a value; where there is none it stays as it is. */
  #reference({ reference, source, backslashes }: ReferenceNode): void {
    const value = this.#lookUp(reference);
    if (backslashes === 0) return this.#write(toText(value));
    if (value === null || value === undefined) return this.#write("\\".repeat(backslashes) + source);
    const shown = "\\".repeat(Math.floor(backslashes / 2));
    this.#write(shown + (backslashes % 2 === 1 ? source : toText(value)));
  }

  #variable(name: string): unknown {
    for (let frame = this.#frame; frame; frame = frame.outer) {
      if (frame.names.has(name)) return force(frame.names.get(name));
    }
    return force(this.#globals.get(name));
  }

  #set(name: string, value: unknown): void {
    for (let frame = this.#frame; frame; frame = frame.outer) {
      if (!frame.names.has(name)) continue;
      frame.names.set(name, value);
      return;
    }
    this.#globals.set(name, value);
  }

  #lookUp({ name, steps }: Reference, upTo = steps.length): unknown {
    let value = this.#variable(name);
    for (let index = 0; index < upTo; index++) {
      const step = steps[index];
      if (!step || value === null || value === undefined) return null;
      if (step.kind === "property") value = property(value, step.name);
      else if (step.kind === "index") value = element(value, this.#evaluate(step.index));
      else
        value = callMethod(
          value,
          step.name,
          step.args.map((arg) => this.#evaluate(arg)),
        );
    }
    return value;
  }

  /** Null is not assigned: the variable keeps what it has, as Velocity has it unless configured otherwise. */
  #assign(target: Reference, value: unknown): void {
    if (value === null || value === undefined) return;
    const last = target.steps.at(-1);
    if (!last) return this.#set(target.name, value);
    const holder = this.#lookUp(target, target.steps.length - 1);
    if (last.kind === "method") throw new VtlError("A call cannot be set");
    const key = last.kind === "property" ? last.name : this.#evaluate(last.index);
    if (Array.isArray(holder) && isNumber(key)) callMethod(holder, "set", [key, value]);
    else if (isMap(holder)) holder[toText(key)] = value;
  }

  #foreach({ variable, items, body }: ForeachNode): Signal {
    const all = iterable(this.#evaluate(items));
    const outer = this.#frame;
    const place = new LoopPlace(this.#variable("foreach"), all.length);
    const before = this.#globals.get(variable);
    this.#frame = { names: new Map<string, unknown>([["foreach", place]]), outer };
    try {
      for (const item of all) {
        if (++place.count > MOST_ITERATIONS) break;
        this.#set(variable, item);
        this.#frame.names.set("velocityCount", place.count);
        this.#frame.names.set("velocityHasNext", place.count < all.length);
        const signal = this.#nodes(body);
        if (signal === "stop") return signal;
        if (signal === "break") break;
      }
    } finally {
      this.#frame = outer;
      // the loop's variable is what it was, behind the loop
      if (before === undefined) this.#globals.delete(variable);
      else this.#globals.set(variable, before);
    }
    return undefined;
  }

  #call({ name, args, source }: CallNode): Signal {
    const macro = this.#macros.get(name);
    if (!macro) {
      this.#write(source);
      return undefined;
    }
    if (this.#macroDepth >= DEEPEST_MACRO)
      throw new VtlError(`Max calling depth of ${DEEPEST_MACRO} was exceeded in #${name}`);
    const outer = this.#frame;
    const names = new Map<string, unknown>();
    macro.parameters.forEach((parameter, index) => {
      const arg = args[index];
      // by name, as Velocity does: an argument is looked up whenever the macro uses it
      if (arg) names.set(parameter, new Lazy(() => this.#within(outer, () => this.#evaluate(arg))));
    });
    this.#macroDepth++;
    try {
      return this.#within({ names, outer }, () => this.#nodes(macro.body)) === "stop" ? "stop" : undefined;
    } finally {
      this.#macroDepth--;
    }
  }

  #within<T>(frame: Frame | undefined, work: () => T): T {
    const before = this.#frame;
    this.#frame = frame;
    try {
      return work();
    } finally {
      this.#frame = before;
    }
  }

  #capture(nodes: readonly Node[]): string {
    if (this.#macroDepth >= DEEPEST_MACRO) throw new VtlError(`Max calling depth of ${DEEPEST_MACRO} was exceeded`);
    const output = this.#output;
    this.#output = [];
    this.#macroDepth++;
    try {
      this.#nodes(nodes);
      return this.#output.join("");
    } finally {
      this.#macroDepth--;
      this.#output = output;
    }
  }

  #evaluate(expression: Expression): unknown {
    switch (expression.kind) {
      case "literal":
        return expression.value;
      case "variable":
        return this.#lookUp(expression.reference);
      case "interpolated":
        return this.#capture(expression.body);
      case "list":
        return javaList(expression.items.map((item) => this.#evaluate(item)));
      case "map": {
        const map = newMap();
        for (const [key, value] of expression.entries) map[toText(this.#evaluate(key))] = this.#evaluate(value);
        return map;
      }
      case "range":
        return range(this.#evaluate(expression.from), this.#evaluate(expression.to));
      case "not":
        return !isTrue(this.#evaluate(expression.operand));
      case "negate":
        return calculate("-", 0, this.#evaluate(expression.operand));
      default:
        return this.#binary(expression);
    }
  }

  #binary({ operator, left, right }: Extract<Expression, { kind: "binary" }>): unknown {
    if (operator === "&&") return isTrue(this.#evaluate(left)) && isTrue(this.#evaluate(right));
    if (operator === "||") return isTrue(this.#evaluate(left)) || isTrue(this.#evaluate(right));
    const a = this.#evaluate(left);
    const b = this.#evaluate(right);
    switch (operator) {
      case "==":
        return isEqual(a, b);
      case "!=":
        return !isEqual(a, b);
      case "<":
      case ">":
      case "<=":
      case ">=":
        return compare(operator, a, b);
      default:
        return calculate(operator, a, b);
    }
  }
}

const force = (value: unknown): unknown => (value instanceof Lazy ? value.evaluate() : value);

function iterable(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value as unknown[];
  return isMap(value) ? Object.values(value) : [];
}

function range(from: unknown, to: unknown): unknown {
  if (typeof from !== "number" || typeof to !== "number") return null;
  if (Math.abs(to - from) >= LONGEST_RANGE) throw new VtlError(`The range [${from}..${to}] is too long`);
  const step = to >= from ? 1 : -1;
  return javaList(Array.from({ length: Math.abs(to - from) + 1 }, (_none, index) => from + step * index));
}

/** `$foreach` in a loop. */
class LoopPlace extends HostObject {
  readonly #parent: unknown;
  readonly #size: number;
  count = 0;

  constructor(parent: unknown, size: number) {
    super();
    this.#parent = parent ?? null;
    this.#size = size;
  }

  property(name: string): unknown {
    switch (name) {
      case "count":
        return this.count;
      case "index":
        return this.count - 1;
      case "hasNext":
        return this.count < this.#size;
      case "first":
        return this.count === 1;
      case "last":
        return this.count === this.#size;
      case "parent":
        return this.#parent;
      case "topmost":
        return this.#parent instanceof LoopPlace ? this.#parent.property("topmost") : this;
      default:
        return null;
    }
  }

  call(name: string): unknown {
    const getter = /^(?:get|is)([A-Z])(.*)$/.exec(name);
    return this.property(getter ? (getter[1] ?? "").toLowerCase() + (getter[2] ?? "") : name);
  }
}
