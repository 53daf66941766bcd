import { CloudWatchLogsClient, paginateFilterLogEvents } from "@aws-sdk/client-cloudwatch-logs";
import { LambdaClient, paginateListFunctions } from "@aws-sdk/client-lambda";
import { UserError } from "../errors.ts";
import { interruptSignal, pause } from "../interrupt.ts";
import { onTarget, type Target, type TargetOptions } from "../targets/index.ts";

const FOLLOW_INTERVAL_MS = 500;

/** Events are asked for again for so long behind the newest one: streams do not arrive in step. */
const OVERLAP_MS = 10_000;

/** `headwater logs`: the lines of a function, oldest first. */
export async function logs(name: string, options: TargetOptions & { readonly follow?: boolean }): Promise<void> {
  const signal = options.follow ? interruptSignal() : undefined;
  await onTarget(options, async (target) => {
    const client = new CloudWatchLogsClient(target.clientConfig);
    const given = new Map<string, number>();
    let since = 0;
    do {
      for await (const { id, timestamp, line } of events(target, client, name, since)) {
        if (given.has(id)) continue;
        given.set(id, timestamp);
        since = Math.max(since, timestamp - OVERLAP_MS);
        process.stdout.write(`${new Date(timestamp).toISOString()}  ${line}\n`);
      }
      for (const [id, timestamp] of given) if (timestamp < since) given.delete(id);
      if (signal) await pause(Math.max(FOLLOW_INTERVAL_MS, target.pollMs), signal);
    } while (signal && !signal.aborted);
  });
}

async function* events(target: Target, client: CloudWatchLogsClient, name: string, since: number) {
  const group = `/aws/lambda/${name}`;
  try {
    const pages = paginateFilterLogEvents({ client }, { logGroupName: group, startTime: since });
    for await (const { events: page = [] } of pages) {
      for (const { eventId, timestamp, message } of page) {
        yield { id: eventId!, timestamp: timestamp ?? 0, line: (message ?? "").trimEnd() };
      }
    }
  } catch (error) {
    if ((error as Error).name !== "ResourceNotFoundException") throw error;
    const names = await functionNames(target);
    if (names.includes(name)) throw new UserError(`${name} has not logged anything yet.`);
    throw new UserError(`There is no function "${name}". Functions: ${names.join(", ") || "none"}.`);
  }
}

async function functionNames(target: Target): Promise<string[]> {
  const names: string[] = [];
  for await (const page of paginateListFunctions({ client: new LambdaClient(target.clientConfig) }, {})) {
    names.push(...(page.Functions ?? []).map(({ FunctionName }) => FunctionName ?? ""));
  }
  return names;
}
