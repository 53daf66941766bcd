import { isConnectionRefused, UserError } from "./errors.ts";

/** What the SDK's clients need to reach a target. */
export interface ClientSettings {
  readonly endpoint?: string;
  readonly region: string;
  readonly credentials?: { readonly accessKeyId: string; readonly secretAccessKey: string };
}

/** Where pipelines are deployed to: all that differs between targets, as values. */
export interface Target {
  readonly name: string;
  /** `new KinesisClient(target.clientConfig)` */
  readonly clientConfig: ClientSettings;
  /** `new S3Client(target.s3Config)` */
  readonly s3Config: ClientSettings & { readonly forcePathStyle: boolean };
  /** Where a stage of a REST API is called, without a slash at its end. */
  readonly apiUrl: (apiId: string, stage: string) => string;
  /** How often to ask about something that is under way, in milliseconds. */
  readonly pollMs: number;
  /** Answers GET with the state of the services, where the target has such a page. */
  readonly healthUrl?: string;
  /** What to say when nothing answers. */
  readonly absent: string;
}

export interface TargetOptions {
  readonly target: string;
  readonly endpoint?: string;
  readonly region?: string;
}

type MakeTarget = (options: Omit<TargetOptions, "target">) => Omit<Target, "name">;

const TARGETS: Readonly<Record<string, MakeTarget>> = {
  embedded: ({ endpoint = process.env["AWS_ENDPOINT_URL"] ?? "http://127.0.0.1:4566", region = defaultRegion() }) => {
    const clientConfig = { endpoint, region, credentials: { accessKeyId: "test", secretAccessKey: "test" } };
    return {
      clientConfig,
      s3Config: { ...clientConfig, forcePathStyle: true },
      apiUrl: (apiId, stage) => `${endpoint}/restapis/${apiId}/${stage}/_user_request_`,
      pollMs: 50,
      healthUrl: `${endpoint}/_headwater/health`,
      absent: `No emulator at ${endpoint}: start one with \`npx headwater start\`.`,
    };
  },
};

export const TARGET_NAMES = Object.keys(TARGETS);

export const DEFAULT_TARGET = "embedded";

export function findTarget({ target, ...options }: TargetOptions): Target {
  const make = TARGETS[target];
  if (!make) throw new UserError(`There is no target "${target}". Targets: ${TARGET_NAMES.join(", ")}.`);
  return { name: target, ...make(options) };
}

/** Runs `work` on a target; a target that does not answer is named, with what to do about it. */
export async function onTarget<T>(options: TargetOptions, work: (target: Target) => Promise<T>): Promise<T> {
  const target = findTarget(options);
  try {
    return await work(target);
  } catch (error) {
    throw isConnectionRefused(error) ? new UserError(target.absent, { cause: error }) : error;
  }
}

function defaultRegion(): string {
  return process.env["AWS_REGION"] ?? process.env["AWS_DEFAULT_REGION"] ?? "us-east-1";
}
