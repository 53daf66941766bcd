import type { APIGatewayProxyEventQueryStringParameters } from "aws-lambda";
import { BadRequest } from "../api-answer.ts";

export interface Page {
  /** Most lines of the page. */
  readonly limit: number;
  /** The sort key that the page begins behind. */
  readonly start?: string;
}

const USUAL_LIMIT = 50;
const MOST = 500;

/** The page that a request asks for by `limit` and `nextToken`. @throws BadRequest that names the parameter */
export function pageOf(query: APIGatewayProxyEventQueryStringParameters | null): Page {
  const { limit: asked, nextToken } = query ?? {};
  const limit = asked === undefined ? USUAL_LIMIT : Number(asked);
  if (!Number.isInteger(limit) || limit < 1 || limit > MOST) {
    throw new BadRequest(`limit is not a whole number from 1 to ${MOST}.`, "limit");
  }
  return nextToken === undefined ? { limit } : { limit, start: startOf(nextToken) };
}

/** Tokens say nothing to a client: they are passed on as they came. */
export const tokenOf = (sortKey: string): string => Buffer.from(sortKey).toString("base64url");

function startOf(token: string): string {
  const start = Buffer.from(token, "base64url").toString("utf8");
  if (start !== "" && tokenOf(start) === token) return start;
  throw new BadRequest("nextToken is not one that a page has given.", "nextToken");
}
