import { compileCondition, type Condition } from "./condition.ts";
import { compilePattern, glob, type Variables } from "./pattern.ts";
import { notPrincipalMatcher, principalMatcher, type PrincipalMatcher } from "./principal.ts";

/** A statement, ready to be compared with requests. */
export interface Statement {
  readonly effect: "Allow" | "Deny";
  /** `action` in lower case. */
  readonly coversAction: (action: string) => boolean;
  readonly coversResource: (resource: string, variables: Variables) => boolean;
  /** Whom it names; undefined in policies of identities. */
  readonly principal?: PrincipalMatcher;
  readonly conditions: readonly Condition[];
}

/** A policy, ready to be asked. Statements are found by action once, then from a table: there are few actions. */
export class Policy {
  readonly #statements: readonly Statement[];
  readonly #byAction = new Map<string, readonly Statement[]>();

  constructor(statements: readonly Statement[]) {
    this.#statements = statements;
  }

  /** The statements about an action (in lower case), those that deny first. */
  about(action: string): readonly Statement[] {
    let found = this.#byAction.get(action);
    if (!found) {
      const covering = this.#statements.filter((statement) => statement.coversAction(action));
      found = [
        ...covering.filter(({ effect }) => effect === "Deny"),
        ...covering.filter(({ effect }) => effect === "Allow"),
      ];
      this.#byAction.set(action, found);
    }
    return found;
  }
}

interface Document {
  readonly Version?: string;
  readonly Statement: Given | readonly Given[];
}

/** A null in a list is nothing. */
type Texts = string | readonly (string | null)[];

interface Given {
  readonly Effect: "Allow" | "Deny";
  readonly Action?: Texts;
  readonly NotAction?: Texts;
  readonly Resource?: Texts;
  readonly NotResource?: Texts;
  readonly Principal?: unknown;
  readonly NotPrincipal?: unknown;
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

const listOf = <T>(value: T | readonly T[] | undefined): readonly T[] =>
  value === undefined ? [] : Array.isArray(value) ? (value as readonly T[]) : [value as T];

const textsOf = (value: Texts | undefined): readonly string[] => listOf(value).filter((text) => text !== null);

/**
 * Reads policy documents (of one identity, say) whose grammar was checked when they were stored.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements.html
 */
export function compilePolicy(texts: readonly string[]): Policy {
  return new Policy(
    texts.flatMap((text) => {
      const document = JSON.parse(text) as Document;
      return listOf(document.Statement).map((given) => compileStatement(given, document.Version === "2012-10-17"));
    }),
  );
}

function compileStatement(given: Given, variables: boolean): Statement {
  const principal =
    given.Principal !== undefined
      ? principalMatcher(given.Principal)
      : given.NotPrincipal !== undefined
        ? notPrincipalMatcher(given.NotPrincipal, given.Effect)
        : undefined;
  return {
    effect: given.Effect,
    coversAction: actionMatcher(given),
    coversResource: resourceMatcher(given, variables),
    ...(principal && { principal }),
    conditions: Object.entries(given.Condition ?? {}).flatMap(([operator, keys]) =>
      Object.entries(keys).map(([key, values]) => compileCondition(operator, key, values, variables)),
    ),
  };
}

function actionMatcher({ Action, NotAction }: Given): (action: string) => boolean {
  const patterns = textsOf(Action ?? NotAction).map(
    (text) => compilePattern(text.toLowerCase(), { wildcards: true, variables: false }).codes(() => undefined) ?? [],
  );
  const covered = (action: string): boolean => patterns.some((codes) => glob(codes, action));
  return Action === undefined ? (action) => !covered(action) : covered;
}

/** Trust policies have no resource: they are about their role. */
function resourceMatcher(
  { Resource, NotResource }: Given,
  variables: boolean,
): (resource: string, variables: Variables) => boolean {
  const texts = Resource ?? NotResource;
  if (texts === undefined) return () => true;
  const patterns = textsOf(texts).map((text) => compilePattern(text, { wildcards: true, variables }));
  const covered = (resource: string, lookup: Variables): boolean =>
    patterns.some((pattern) => pattern.matches(resource, lookup));
  return Resource === undefined ? (resource, lookup) => !covered(resource, lookup) : covered;
}
