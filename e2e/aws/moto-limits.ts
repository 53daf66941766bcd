/** What moto's server does not do as AWS does, and what these pipelines see of it. */
export interface Limit {
  /** What AWS does. */
  readonly aws: string;
  /** What moto does instead. */
  readonly moto: string;
}

/** Of moto 5.2.1; moto.test.ts shows each, so that a line falls when moto changes. */
export const MOTO_LIMITS = {
  "bucket-policy-conditions": {
    aws: "A Deny of a bucket's policy whose Condition does not hold denies nothing.",
    moto: "It denies: a policy that refuses plain HTTP refuses every object. The tests keep such policies from it.",
  },
  "termination-protection": {
    aws: "UpdateTerminationProtection protects a stack.",
    moto: "NotImplementedError, HTTP 500. The deployment says that the stack is not protected.",
  },
  outputs: {
    aws: "A stack that a change set made has the outputs of its template.",
    moto: "It has none: what reads outputs (produce, counts, the URL of an API) finds nothing.",
  },
  "no-change": {
    aws: "A change set that changes nothing fails, and its reason says so.",
    moto: "CreateChangeSet itself is refused: ValidationError, No updates are to be performed.",
  },
  "resource-types": {
    aws: "A Firehose stream is made by its stack, as is a bucket's policy.",
    moto: "Types that it does not know are passed over, and the stack is CREATE_COMPLETE.",
  },
  "integration-method": {
    aws: "A method with a MOCK integration needs no IntegrationHttpMethod.",
    moto: "ExecuteChangeSet fails with KeyError 'IntegrationHttpMethod', HTTP 500: retail has such methods.",
  },
  "managed-policies": {
    aws: "The managed policy of a stack is deleted with it.",
    moto: "It stays.",
  },
  "text-booleans": {
    aws: 'DeletionProtectionEnabled "false", as a parameter gives it, is false.',
    moto: "Any text is true: DynamoDB refuses to delete the table, and DeleteStack fails with its error.",
  },
  rollback: {
    aws: "A change set whose resources fail is rolled back, and the stack tells which and why.",
    moto: "ExecuteChangeSet answers with the error of the resource, and what was made before it stays.",
  },
} as const satisfies Readonly<Record<string, Limit>>;

export type LimitId = keyof typeof MOTO_LIMITS;
