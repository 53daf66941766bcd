import {
  CreateFunctionCommand,
  InvokeCommand,
  LambdaClient,
  type CreateFunctionCommandInput,
  type InvokeCommandInput,
} from "@aws-sdk/client-lambda";
import { CloudWatchLogsClient, paginateFilterLogEvents } from "@aws-sdk/client-cloudwatch-logs";
import AdmZip from "adm-zip";
import { makeRole } from "../role.ts";
import { eventually, useClient, useTarget, type Target, type TargetOptions } from "../target.ts";

export const ROLE = "arn:aws:iam::000000000000:role/function";

/** A deployment package: a string is the source of index.js, otherwise path -> contents. */
export function zipOf(source: string | Readonly<Record<string, string>>): Uint8Array {
  const zip = new AdmZip();
  const files = typeof source === "string" ? { "index.js": source } : source;
  for (const [path, text] of Object.entries(files)) zip.addFile(path, Buffer.from(text));
  return zip.toBuffer();
}

export interface Answer {
  readonly status: number | undefined;
  readonly error: string | undefined;
  readonly version: string | undefined;
  /** The payload, parsed. */
  readonly value: Record<string, unknown> & { readonly errorType?: string; readonly errorMessage?: string };
  readonly log: string;
}

/** Functions on one target. Each test makes its own function, of a name of its own. */
export class LambdaFixture {
  readonly target: Target;
  readonly lambda: LambdaClient;
  readonly logs: CloudWatchLogsClient;

  /** For the tests of this file or `describe`, on a target of their own unless one is given. */
  constructor(options: TargetOptions = {}, target: Target = useTarget(options)) {
    this.target = target;
    beforeAll(() => makeRole(this.target.clientConfig(), "function"));
    this.lambda = useClient(new LambdaClient({ ...this.target.clientConfig(), maxAttempts: 1 }));
    this.logs = useClient(new CloudWatchLogsClient({ ...this.target.clientConfig(), maxAttempts: 1 }));
  }

  create(name: string, source: Parameters<typeof zipOf>[0], settings: Partial<CreateFunctionCommandInput> = {}) {
    return this.lambda.send(
      new CreateFunctionCommand({
        FunctionName: name,
        Runtime: "nodejs20.x",
        Handler: "index.handler",
        Role: ROLE,
        Code: { ZipFile: zipOf(source) },
        ...settings,
      }),
    );
  }

  async invoke(name: string, event: unknown = {}, settings: Partial<InvokeCommandInput> = {}): Promise<Answer> {
    const { StatusCode, FunctionError, ExecutedVersion, Payload, LogResult } = await this.lambda.send(
      new InvokeCommand({ FunctionName: name, Payload: JSON.stringify(event), ...settings }),
    );
    const text = Payload?.transformToString() ?? "";
    return {
      status: StatusCode,
      error: FunctionError,
      version: ExecutedVersion,
      value: text === "" ? {} : (JSON.parse(text) as Answer["value"]),
      log: LogResult === undefined ? "" : Buffer.from(LogResult, "base64").toString("utf8"),
    };
  }

  /** Makes a function and invokes it once. */
  async run(name: string, source: Parameters<typeof zipOf>[0], settings: Partial<CreateFunctionCommandInput> = {}) {
    await this.create(name, source, settings);
    return this.invoke(name, {}, { LogType: "Tail" });
  }

  /** The lines of a function in CloudWatch Logs, as soon as one of them contains `last`. */
  logged(name: string, last: string, group = `/aws/lambda/${name}`): Promise<string[]> {
    return eventually(`${last} in the log of ${name}`, async () => {
      try {
        const lines: string[] = [];
        for await (const { events = [] } of paginateFilterLogEvents({ client: this.logs }, { logGroupName: group })) {
          lines.push(...events.map(({ message }) => message ?? ""));
        }
        return lines.some((line) => line.includes(last)) ? lines : undefined;
      } catch (error) {
        if ((error as Error).name === "ResourceNotFoundException") return undefined;
        throw error;
      }
    });
  }
}
