import { countedProblems, validationError } from "./errors.ts";
import { unsatisfiedBy } from "./table-name.ts";

/**
 * How the operations that AWS has moved to its later checks check the members of a request: by stages, each of which tells
 * all that it finds, in words and orders of their own. What these stages do not know is checked by the operations.
 */
type Input = Readonly<Record<string, unknown>>;
type MemberCheck = (input: Input) => void;

const ENUMS = {
  ReturnConsumedCapacity: ["INDEXES", "TOTAL", "NONE"],
  ReturnItemCollectionMetrics: ["SIZE", "NONE"],
  ReturnValues: ["ALL_NEW", "UPDATED_OLD", "ALL_OLD", "NONE", "UPDATED_NEW"],
  ReturnValuesOnConditionCheckFailure: ["ALL_OLD", "NONE"],
  Select: ["SPECIFIC_ATTRIBUTES", "COUNT", "ALL_ATTRIBUTES", "ALL_PROJECTED_ATTRIBUTES"],
} as const;

/** It names neither the value nor the member, and AWS misspells one of them. */
const NO_RETURN_VALUES =
  "Failed to satisfy constraint: Member must satisfy enum value set: [ALL_OLD, UPDATED_OLD, ALL_NEW, UPDATE_NEW, NONE]";
const NOT_HONOURED = ["ALL_NEW", "UPDATED_OLD", "UPDATED_NEW"];

const given = (input: Input, member: string): unknown => input[member] ?? undefined;

const pathOf = (member: string): string => member.charAt(0).toLowerCase() + member.slice(1);

const problem = (value: string, member: string, constraint: string): string =>
  `Value ${value} at '${pathOf(member)}' failed to satisfy constraint: ${constraint}`;

function missing(input: Input, member: string): string[] {
  return given(input, member) === undefined ? [problem("null", member, "Member must not be null")] : [];
}

function notOneOf(input: Input, member: keyof typeof ENUMS): string[] {
  const value = given(input, member) as string | undefined;
  const values: readonly string[] = ENUMS[member];
  if (value === undefined || values.includes(value)) return [];
  return [problem(`'${value}'`, member, `Member must satisfy enum value set: [${values.join(", ")}]`)];
}

const noReturnValues = (input: Input): string[] =>
  notOneOf(input, "ReturnValues").length === 0 ? [] : [NO_RETURN_VALUES];

const isNameEmpty = (input: Input): boolean => given(input, "TableName") === "";

/** Later checks word what they find in a member themselves: without its value, and with its name as it is sent. */
const laterProblem = (member: string, constraint: string): string =>
  `Value at '${member}' failed to satisfy constraint: ${constraint}`;

const emptyName = (input: Input): string[] =>
  isNameEmpty(input) ? [laterProblem("TableName", "Member must have length greater than or equal to 1")] : [];

/** All that is wrong with the name of the table. */
function nameProblems(input: Input): string[] {
  const name = given(input, "TableName") as string | undefined;
  if (name === undefined) return missing(input, "TableName");
  // an ARN is looked into when its table is looked for
  return (name.startsWith("arn:") ? [] : unsatisfiedBy(name)).map((constraint) =>
    problem(`'${name}'`, "TableName", constraint),
  );
}

/** Most operations tell the first of it, lengths before the pattern. */
const nameProblem = (input: Input): string[] => nameProblems(input).slice(-1);

function refuse(...problems: readonly (readonly string[])[]): void {
  const all = problems.flat();
  if (all.length > 0) throw countedProblems(all);
}

const putItem: MemberCheck = (input) => {
  refuse(emptyName(input));
  refuse(
    nameProblem(input),
    missing(input, "Item"),
    notOneOf(input, "ReturnConsumedCapacity"),
    noReturnValues(input),
    notOneOf(input, "ReturnItemCollectionMetrics"),
    notOneOf(input, "ReturnValuesOnConditionCheckFailure"),
  );
};

export const ONLY_OLD = "ReturnValues can only be ALL_OLD or NONE";

const deleteItem: MemberCheck = (input) => {
  refuse(emptyName(input));
  const noKey = missing(input, "Key");
  refuse(
    nameProblem(input),
    noKey,
    notOneOf(input, "ReturnConsumedCapacity"),
    noReturnValues(input),
    notOneOf(input, "ReturnItemCollectionMetrics"),
    notOneOf(input, "ReturnValuesOnConditionCheckFailure"),
    noKey.length === 0 && NOT_HONOURED.includes(given(input, "ReturnValues") as string) ? [ONLY_OLD] : [],
  );
};

const updateItem: MemberCheck = (input) => {
  refuse(emptyName(input));
  const noName = missing(input, "TableName");
  // a request without its key is checked as all were before
  const noKey = missing(input, "Key");
  if (noKey.length > 0) {
    refuse(
      notOneOf(input, "ReturnConsumedCapacity"),
      noName,
      notOneOf(input, "ReturnValues"),
      notOneOf(input, "ReturnValuesOnConditionCheckFailure"),
      notOneOf(input, "ReturnItemCollectionMetrics"),
      noKey,
    );
  }
  if (noName.length > 0) refuse(noName, notOneOf(input, "ReturnValues"));
  refuse(nameProblems(input));
  refuse(noReturnValues(input));
  refuseUncounted(notOneOf(input, "ReturnValuesOnConditionCheckFailure"));
  refuse(notOneOf(input, "ReturnItemCollectionMetrics"));
  refuseUncounted(notOneOf(input, "ReturnConsumedCapacity"));
};

function refuseUncounted([first]: readonly string[]): void {
  if (first !== undefined) throw validationError(first);
}

const getItem: MemberCheck = (input) => {
  refuse(emptyName(input));
  refuse(missing(input, "Key"), nameProblem(input), notOneOf(input, "ReturnConsumedCapacity"), noAttributes(input));
};

function noAttributes(input: Input): string[] {
  const attributes = given(input, "AttributesToGet") as readonly string[] | undefined;
  if (attributes?.length !== 0) return [];
  return [problem("'[]'", "AttributesToGet", "Member must have length greater than or equal to 1")];
}

const atLeast = (value: number) => `Member must have value greater than or equal to ${value}`;
const atMost = (value: number) => `Member must have value less than or equal to ${value}`;

/** What a number is out of its range by. */
function outOf(input: Input, member: string, [least, most]: readonly [number, number]): string[] {
  const value = given(input, member) as number | undefined;
  if (value === undefined) return [];
  if (value < least) return [atLeast(least)];
  return value > most ? [atMost(most)] : [];
}

const RANGES = {
  Limit: [1, Infinity],
  Segment: [0, 999_999],
  TotalSegments: [1, 1_000_000],
} as const;

const numberEarlier = (input: Input, member: keyof typeof RANGES): string[] =>
  outOf(input, member, RANGES[member]).map((constraint) =>
    problem(`'${String(given(input, member))}'`, member, constraint),
  );

const numberLater = (input: Input, member: keyof typeof RANGES): string[] =>
  outOf(input, member, RANGES[member]).map((constraint) => laterProblem(member, constraint));

/** Conditions of the time before expressions that have no operator. */
function withoutOperator(input: Input, member: string): string[] {
  const conditions = (given(input, member) ?? {}) as Readonly<Record<string, Input | null>>;
  return Object.entries(conditions).flatMap(([name, condition]) =>
    condition !== null && given(condition, "ComparisonOperator") === undefined
      ? [problem("null", `${member}.${name}.member.comparisonOperator`, "Member must not be null")]
      : [],
  );
}

const query: MemberCheck = (input) => {
  const noName = missing(input, "TableName");
  const noOperators = [...withoutOperator(input, "KeyConditions"), ...withoutOperator(input, "QueryFilter")];
  if (noName.length > 0) {
    refuse(
      notOneOf(input, "Select"),
      notOneOf(input, "ReturnConsumedCapacity"),
      noName,
      noOperators,
      numberEarlier(input, "Limit"),
    );
  }
  refuse(numberLater(input, "Limit"), emptyName(input));
  refuse(nameProblem(input), noAttributes(input), notOneOf(input, "ReturnConsumedCapacity"), noOperators);
};

const scan: MemberCheck = (input) => {
  const noName = missing(input, "TableName");
  const noOperators = withoutOperator(input, "ScanFilter");
  if (noName.length > 0 || noOperators.length > 0) {
    refuse(
      notOneOf(input, "Select"),
      numberEarlier(input, "TotalSegments"),
      notOneOf(input, "ReturnConsumedCapacity"),
      noName,
      noOperators,
      numberEarlier(input, "Segment"),
      numberEarlier(input, "Limit"),
    );
  }
  refuse(
    numberLater(input, "Limit"),
    numberLater(input, "Segment"),
    numberLater(input, "TotalSegments"),
    emptyName(input),
  );
  refuse(nameProblem(input), noAttributes(input), notOneOf(input, "ReturnConsumedCapacity"));
};

/** What is asked for is checked after the expressions. @throws AwsError ValidationException */
export const checkSelectValue = (select: string | undefined): void =>
  refuseUncounted(notOneOf({ Select: select }, "Select"));

export const memberChecks = {
  PutItem: putItem,
  GetItem: getItem,
  UpdateItem: updateItem,
  DeleteItem: deleteItem,
  Query: query,
  Scan: scan,
} satisfies Readonly<Record<string, MemberCheck>>;
