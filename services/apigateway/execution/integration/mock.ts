import { HeaderList } from "../header-list.ts";
import { internalError } from "../gateway-error.ts";
import type { Invocation } from "../invocation.ts";
import type { BackendAnswer } from "./answer.ts";
import type { IntegrationRequest } from "./request.ts";

/** Many templates leave out the quotes. */
const LOOSE = /^\s*\{[\s\S]*?(?:"statusCode"|'statusCode'|\bstatusCode)\s*:\s*(\d{3})\b/;

/** Answers with the `statusCode` that the request template made, and nothing else. */
export function runMock({ log }: Invocation, { body }: IntegrationRequest): BackendAnswer {
  const status = statusOf(body.toString("utf8"));
  if (status === undefined) {
    log.error(
      "Execution failed due to configuration error: Unable to parse statusCode. It should be an integer that is defined in the request template.",
    );
    throw internalError();
  }
  return { status, headers: new HeaderList(), body: Buffer.alloc(0), selection: String(status) };
}

function statusOf(text: string): number | undefined {
  try {
    const { statusCode } = JSON.parse(text) as { statusCode?: unknown };
    return typeof statusCode === "number" && Number.isInteger(statusCode) ? statusCode : undefined;
  } catch {
    const found = LOOSE.exec(text)?.[1];
    return found === undefined ? undefined : Number(found);
  }
}
