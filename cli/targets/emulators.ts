import { isConnectionRefused, UserError } from "../errors.ts";
import { LIMITS } from "../../localstack/limits.ts";
import type { Limits, MakeTarget } from "./target.ts";

interface Emulator {
  /** The path of the page that tells how its services are. */
  readonly health: string;
  /** The path of the page that tells how far its event source mappings are. */
  readonly mappings?: string;
  /** What to say when nothing answers. */
  readonly absent: (endpoint: string) => string;
  readonly losesStacks?: true;
  readonly limits?: Limits;
}

/** A target that takes every service at one address, as any user. */
const emulator =
  ({ health, mappings, absent, losesStacks, limits }: Emulator): MakeTarget =>
  ({ endpoint = process.env["AWS_ENDPOINT_URL"] ?? "http://127.0.0.1:4566", region = defaultRegion() }) => {
    const clientConfig = { endpoint, region, credentials: { accessKeyId: "test", secretAccessKey: "test" } };
    return Promise.resolve({
      clientConfig,
      s3Config: { ...clientConfig, forcePathStyle: true },
      apiUrl: (apiId, stage) => `${endpoint}/restapis/${apiId}/${stage}/_user_request_`,
      pollMs: 50,
      healthUrl: endpoint + health,
      ...(mappings !== undefined && { mappingsUrl: endpoint + mappings }),
      losesStacks,
      limits,
      explain: (error) => (isConnectionRefused(error) ? new UserError(absent(endpoint), { cause: error }) : error),
    });
  };

/** Headwater's own emulator. */
export const embedded = emulator({
  health: "/_headwater/health",
  mappings: "/_headwater/event-source-mappings",
  absent: (endpoint) => `No emulator at ${endpoint}: start one with \`npx headwater start\`.`,
});

/** LocalStack, in a container. */
export const localstack = emulator({
  health: "/_localstack/health",
  absent: (endpoint) => `No LocalStack at ${endpoint}: start it with \`docker compose up\`.`,
  losesStacks: true,
  limits: { of: "LocalStack", table: LIMITS },
});

function defaultRegion(): string {
  return process.env["AWS_REGION"] ?? process.env["AWS_DEFAULT_REGION"] ?? "us-east-1";
}
