import { APIGatewayClient, GetAccountCommand } from "@aws-sdk/client-api-gateway";
import { CloudFormationClient, DescribeStacksCommand } from "@aws-sdk/client-cloudformation";
import { ListBucketsCommand, S3Client } from "@aws-sdk/client-s3";
import { partition } from "@aws-sdk/core/client";
import { getEndpointFromInstructions } from "@smithy/core/endpoints";
import { explainAws } from "../aws/explain.ts";
import { findLogin } from "../aws/login.ts";
import { patientRetries } from "../aws/retries.ts";
import { UserError } from "../errors.ts";
import type { ClientSettings, MakeTarget } from "./target.ts";

/** AWS's own services are asked gently: they throttle who asks too often. */
const POLL_MS = 3000;

/** A stand-in for AWS answers at once. */
const STAND_IN_POLL_MS = 100;

/** An account: with the profiles, the environment and the endpoints that every AWS tool knows. */
export const aws: MakeTarget = async ({ endpoint, region: asked }) => {
  const login = await findLogin(endpoint);
  const region = asked ?? login.region;
  if (region === undefined) {
    const profile = process.env["AWS_PROFILE"];
    const command = `aws configure set region eu-central-1${profile ? ` --profile ${profile}` : ""}`;
    throw new UserError(
      `No region: give --region, set AWS_REGION, or write it into the profile, as \`${command}\` does.`,
    );
  }
  const clientConfig = {
    region,
    credentials: login.credentials,
    retryStrategy: await patientRetries((line) => process.stderr.write(`${line}\n`)),
    ...(endpoint !== undefined && { endpoint }),
  };
  const endpoints = await endpointsOf(clientConfig);
  const { dnsSuffix, dualStackDnsSuffix } = partition(region);
  const isOfAws = ({ hostname }: URL) =>
    hostname.endsWith(`.${dnsSuffix}`) || hostname.endsWith(`.${dualStackDnsSuffix}`);
  const standIn = Object.values(endpoints).find((url) => !isOfAws(url))?.origin;
  return {
    clientConfig,
    s3Config: { ...clientConfig, forcePathStyle: !isOfAws(endpoints.s3) },
    apiUrl: (apiId, stage) =>
      isOfAws(endpoints.apiGateway)
        ? `https://${apiId}.execute-api.${region}.${dnsSuffix}/${stage}`
        : `${endpoints.apiGateway.origin}/restapis/${apiId}/${stage}/_user_request_`,
    pollMs: standIn === undefined ? POLL_MS : STAND_IN_POLL_MS,
    explain: (error) => explainAws(error, { source: login.source, region }),
    account: {
      credentialsFrom: login.remark === undefined ? login.source : `${login.source} (${login.remark})`,
      ...(standIn !== undefined && { standIn }),
    },
  };
};

/** Where the SDK would call: AWS, or what AWS_ENDPOINT_URL and its kin or the profile say. */
async function endpointsOf(config: ClientSettings) {
  const [cloudFormation, s3, apiGateway] = await Promise.all([
    getEndpointFromInstructions({}, DescribeStacksCommand, { ...new CloudFormationClient(config).config }),
    getEndpointFromInstructions({}, ListBucketsCommand, { ...new S3Client(config).config }),
    getEndpointFromInstructions({}, GetAccountCommand, { ...new APIGatewayClient(config).config }),
  ]);
  return { cloudFormation: cloudFormation.url, s3: s3.url, apiGateway: apiGateway.url };
}
