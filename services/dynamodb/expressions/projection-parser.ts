import type { PathNode } from "./ast.ts";
import { PathParser } from "./path-parser.ts";
import { Problems } from "./problems.ts";
import { Tokens } from "./tokens.ts";

/**
 * Grammar of ProjectionExpression: document paths, separated by commas.
 * @throws AwsError ValidationException
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.ProjectionExpressions.html
 */
export function parseProjection(text: string): PathNode[] {
  const tokens = new Tokens("ProjectionExpression", text);
  const problems = new Problems("ProjectionExpression", ["reserved", "size"]);
  const parser = new PathParser(tokens, problems);
  const paths = [parser.path()];
  while (tokens.takeSymbol(",")) paths.push(parser.path());
  tokens.expectEnd();
  problems.throwFirst();
  return paths;
}
