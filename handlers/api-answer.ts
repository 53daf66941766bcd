import type { Logger } from "@aws-lambda-powertools/logger";
import type { APIGatewayProxyEvent, APIGatewayProxyHandler, APIGatewayProxyResult, Context } from "aws-lambda";

/** Pages of any origin may call the APIs: they carry no cookies. */
export const CORS_HEADERS = { "Access-Control-Allow-Origin": "*" };

/** An answer of a Lambda proxy integration. */
export const answer = (
  statusCode: number,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): APIGatewayProxyResult => ({
  statusCode,
  headers: { "Content-Type": "application/json", ...CORS_HEADERS, ...headers },
  body: JSON.stringify(body),
});

/** A request that cannot be served as it is: the message names the field. */
export class BadRequest extends Error {
  readonly field: string | undefined;

  constructor(message: string, field?: string) {
    super(message);
    this.field = field;
  }
}

const badRequest = ({ message, field }: BadRequest): APIGatewayProxyResult =>
  answer(400, field === undefined ? { message } : { message, field });

/** The JSON of a request's body. @throws BadRequest */
export function jsonBody(body: string | null, isBase64Encoded: boolean): unknown {
  const text = isBase64Encoded ? Buffer.from(body ?? "", "base64").toString("utf8") : (body ?? "");
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw new BadRequest("The body is not JSON.");
  }
}

/**
 * The handler of a proxy integration: what `serve` refuses as a BadRequest is answered with 400, and logged where
 * `refusedMessage` says how.
 */
export const apiHandler =
  (
    logger: Logger,
    serve: (event: APIGatewayProxyEvent, context: Context) => Promise<APIGatewayProxyResult>,
    refusedMessage?: string,
  ): APIGatewayProxyHandler =>
  async (event, context) => {
    logger.addContext(context);
    try {
      return await serve(event, context);
    } catch (error) {
      if (!(error instanceof BadRequest)) throw error;
      if (refusedMessage !== undefined) logger.warn(refusedMessage, { reason: error.message });
      return badRequest(error);
    }
  };
