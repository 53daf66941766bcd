import { isObject, isStatement, type Json, textsOf } from "../../emulator/authorization/document.ts";
import { invalidParameter } from "./errors.ts";

const listOf = (value: unknown): unknown[] => (Array.isArray(value) ? value : value === undefined ? [] : [value]);

function parsed(text: string): Json | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

const ACTION = /^(\*|ecr:[\w*?]+)$/i;

/**
 * A repository's policy: statements with an effect, a principal and actions of ECR.
 * @throws InvalidParameterException
 * @see https://docs.aws.amazon.com/AmazonECR/latest/userguide/repository-policies.html
 */
export function checkRepositoryPolicy(text: string, force: boolean): void {
  const statements = listOf(parsed(text)?.["Statement"]);
  const isValid =
    statements.length > 0 &&
    statements.every(
      (statement) =>
        isStatement(statement) &&
        textsOf(statement["Action"] ?? statement["NotAction"]).every((action) => ACTION.test(action)),
    );
  if (!isValid) throw invalidParameter("PolicyText", "Invalid repository policy provided");
  if (!force && statements.some((statement) => locksOut(statement as Json))) {
    throw invalidParameter(
      "PolicyText",
      "the policy would prevent you from setting another one; set force to put it nevertheless",
    );
  }
}

/** Whether a statement denies everyone to ever set a policy again. */
function locksOut({ Effect, Principal, Action, Condition }: Json): boolean {
  const everyone = Principal === "*" || (isObject(Principal) && listOf(Principal["AWS"]).includes("*"));
  if (Effect !== "Deny" || !everyone || Condition !== undefined) return false;
  return listOf(Action).some((action) =>
    ["*", "ecr:*", "ecr:setrepositorypolicy"].includes(String(action).toLowerCase()),
  );
}

const COUNT_TYPES = ["imageCountMoreThan", "sinceImagePushed", "sinceImagePulled", "sinceImageTransitioned"];
const TAG_STATUS = ["tagged", "untagged", "any"];

/**
 * The rules of a lifecycle policy. There are no images here for them to expire.
 * @throws InvalidParameterException
 * @see https://docs.aws.amazon.com/AmazonECR/latest/userguide/lifecycle_policy_parameters.html
 */
export function checkLifecyclePolicy(text: string): void {
  const rules = parsed(text)?.["rules"];
  if (!Array.isArray(rules) || rules.length === 0) throw broken("rules are missing");
  const priorities = new Set<unknown>();
  for (const rule of rules) {
    if (!isObject(rule)) throw broken("a rule is no object");
    const { rulePriority, selection, action } = rule;
    if (!Number.isInteger(rulePriority) || (rulePriority as number) < 1)
      throw broken("rulePriority is no positive integer");
    if (priorities.has(rulePriority)) throw broken(`rulePriority ${String(rulePriority)} is given twice`);
    priorities.add(rulePriority);
    if (!isObject(selection)) throw broken("selection is missing");
    checkSelection(selection);
    if (!isObject(action) || !["expire", "transition"].includes(String(action["type"]))) {
      throw broken("action must be of type expire or transition");
    }
  }
}

function checkSelection({ tagStatus, tagPrefixList, tagPatternList, countType, countNumber, countUnit }: Json): void {
  if (!TAG_STATUS.includes(String(tagStatus))) throw broken(`tagStatus must be one of ${TAG_STATUS.join(", ")}`);
  const lists = listOf(tagPrefixList).length + listOf(tagPatternList).length;
  if (tagStatus === "tagged" && lists === 0) throw broken("tagged needs tagPrefixList or tagPatternList");
  if (tagStatus !== "tagged" && lists > 0) throw broken("tagPrefixList and tagPatternList belong to tagged");
  if (!COUNT_TYPES.includes(String(countType))) throw broken(`countType must be one of ${COUNT_TYPES.join(", ")}`);
  if (!Number.isInteger(countNumber) || (countNumber as number) < 1) throw broken("countNumber is no positive integer");
  const bySince = countType !== "imageCountMoreThan";
  if (bySince !== (countUnit === "days")) throw broken("countUnit must be days with countType since..., else absent");
}

const broken = (reason: string) =>
  invalidParameter("LifecyclePolicyText", `Lifecycle policy validation failure: ${reason}`);
