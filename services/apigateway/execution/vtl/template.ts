import { parseTemplate, type ParsedTemplate } from "./parse.ts";
import { Renderer } from "./render.ts";

/** A template of Velocity 1.7 that was read once and is rendered many times. */
export class Template {
  readonly #parsed: ParsedTemplate;

  /** @throws VtlError where it is not well-formed */
  constructor(text: string) {
    this.#parsed = parseTemplate(text);
  }

  /** @throws VtlError; whatever the methods of host objects throw */
  render(variables: Readonly<Record<string, unknown>>): string {
    return new Renderer(this.#parsed, variables).render(this.#parsed.nodes);
  }
}
