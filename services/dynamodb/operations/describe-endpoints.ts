import { callersEndpoint } from "../../../emulator/model/callers-endpoint.ts";
import type { Operation } from "../index.ts";

const CACHED_MINUTES = 1440;

/**
 * Says where DynamoDB is to be called: where it was called.
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_DescribeEndpoints.html
 */
export const describeEndpoints: Operation<"DescribeEndpoints"> = (ctx) => ({
  Endpoints: [{ Address: new URL(callersEndpoint(ctx)).host, CachePeriodInMinutes: CACHED_MINUTES }],
});
