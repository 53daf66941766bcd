import { APIGatewayClient, GetAccountCommand } from "@aws-sdk/client-api-gateway";
import { ListBucketsCommand, S3Client } from "@aws-sdk/client-s3";
import { getEndpointFromInstructions } from "@smithy/core/endpoints";
import { explainAws } from "../aws/explain.ts";
import { findLogin } from "../aws/login.ts";
import { patientRetries } from "../aws/retries.ts";
import { UserError } from "../errors.ts";
import type { MakeTarget } from "./target.ts";

/** AWS's own services are asked gently: they throttle who asks too often. */
const POLL_MS = 3000;

/** A stand-in for AWS answers at once. */
const STAND_IN_POLL_MS = 100;

/** An account: with the profiles, the environment and the endpoints that every AWS tool knows. */
export const aws: MakeTarget = async ({ endpoint, region: asked }) => {
  const login = await findLogin(endpoint);
  const region = asked ?? login.region;
  if (region === undefined) {
    throw new UserError(
      `No region: give --region, set AWS_REGION, or write it into the profile (\`aws configure set region eu-central-1\`).`,
    );
  }
  const clientConfig = {
    region,
    credentials: login.credentials,
    retryStrategy: await patientRetries((line) => process.stderr.write(`${line}\n`)),
    ...(endpoint !== undefined && { endpoint }),
  };
  // Where the SDK would call: AWS, or what AWS_ENDPOINT_URL and its kin or the profile say.
  const gateway = new APIGatewayClient({ ...clientConfig, useDualstackEndpoint: false });
  const { url } = await getEndpointFromInstructions({}, GetAccountCommand, { ...gateway.config });
  const s3 = await getEndpointFromInstructions({}, ListBucketsCommand, { ...new S3Client(clientConfig).config });
  const domain = domainOf(url, region);
  return {
    clientConfig,
    s3Config: { ...clientConfig, forcePathStyle: !s3.url.hostname.startsWith("s3") },
    apiUrl: (apiId, stage) =>
      domain === undefined
        ? `${url.origin}/restapis/${apiId}/${stage}/_user_request_`
        : `https://${apiId}.execute-api.${region}.${domain}/${stage}`,
    pollMs: domain === undefined ? STAND_IN_POLL_MS : POLL_MS,
    explain: (error) => explainAws(error, { source: login.source, region }),
    account: {
      credentialsFrom: login.remark === undefined ? login.source : `${login.source} (${login.remark})`,
      ...(domain === undefined && { standIn: url.origin }),
    },
  };
};

/** The domain of the region's partition, as the host of its API Gateway has it; undefined where it is not AWS's. */
function domainOf({ hostname }: URL, region: string): string | undefined {
  const [service = "", place, ...domain] = hostname.split(".");
  return /^apigateway(-fips)?$/.test(service) && place === region ? domain.join(".") : undefined;
}
