import { APIGatewayClient, UpdateAccountCommand } from "@aws-sdk/client-api-gateway";
import { CreateStackCommand, DeleteStackCommand, DescribeStacksCommand } from "@aws-sdk/client-cloudformation";
import { CloudWatchLogsClient, FilterLogEventsCommand } from "@aws-sdk/client-cloudwatch-logs";
import { DeleteTableCommand, DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { CreateBucketCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import AdmZip from "adm-zip";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { findPipeline, PIPELINE_NAMES } from "../../cli/pipelines/index.ts";
import { makeRole } from "../role.ts";
import { eventually, useClient } from "../target.ts";
import { useCloudFormation } from "../cloudformation/fixture.ts";

const on = useCloudFormation();
const config = { ...on.target.clientConfig(), forcePathStyle: true };
const apigateway = useClient(new APIGatewayClient(config));
const dynamodb = useClient(new DynamoDBClient(config));
const logs = useClient(new CloudWatchLogsClient(config));
const s3 = useClient(new S3Client(config));
const cloudformation = on.cloudformation;

const CODE = "code";

beforeAll(async () => {
  const zip = new AdmZip();
  zip.addFile("handler.mjs", Buffer.from("export const handler = async () => ({ statusCode: 200, body: 'stored' });"));
  await s3.send(new CreateBucketCommand({ Bucket: CODE }));
  await s3.send(new PutObjectCommand({ Bucket: CODE, Key: "code.zip", Body: zip.toBuffer() }));
});

type Parameters = Readonly<Record<string, string>>;

async function deploy(StackName: string, pipeline: string, parameters: Parameters = {}) {
  await cloudformation.send(
    new CreateStackCommand({
      StackName,
      TemplateBody: readFileSync(join(findPipeline(pipeline).folder, "template.yaml"), "utf8"),
      Capabilities: ["CAPABILITY_NAMED_IAM"],
      Parameters: Object.entries({ CodeBucket: CODE, CodeKey: "code.zip", ...parameters }).map(
        ([ParameterKey, ParameterValue]) => ({ ParameterKey, ParameterValue }),
      ),
    }),
  );
  const stack = await on.settled(StackName);
  expect(stack).toMatchObject({ StackStatus: "CREATE_COMPLETE" });
  return Object.fromEntries(
    (stack.Outputs ?? []).map(({ OutputKey = "", OutputValue = "" }) => [OutputKey, OutputValue]),
  );
}

async function remove(StackName: string) {
  const { Stacks } = await cloudformation.send(new DescribeStacksCommand({ StackName }));
  const { StackId = "" } = Stacks?.[0] ?? {};
  await cloudformation.send(new DeleteStackCommand({ StackName }));
  return on.settled(StackId);
}

/** The names that a second copy of each pipeline takes. */
const OTHER_NAMES: Readonly<Record<string, Parameters>> = {
  rivers: { StreamName: "other-rivers", CountsTableName: "other-counts", FunctionName: "other-count" },
  retail: { Prefix: "other-retail" },
  weather: {
    ...{ StreamName: "other-input", FunctionName: "other-consumer", StationsTableName: "other-stations" },
    ...{ DaysTableName: "other-days", RoleName: "other-role", PolicyName: "other-policy" },
  },
  iot: { DeliveryStreamName: "other-events", FunctionName: "other-transform", DataLakeBucketName: "other-lake" },
  sensors: { FunctionName: "other-store", ApiName: "other-sensors" },
};

describe("a pipeline's template", () => {
  it.each(PIPELINE_NAMES)("%s: a second copy stands beside the first, and both go", async (pipeline) => {
    await deploy(pipeline, pipeline);
    await deploy(`other-${pipeline}`, pipeline, OTHER_NAMES[pipeline]);
    for (const name of [pipeline, `other-${pipeline}`]) {
      expect(await remove(name)).toMatchObject({ StackStatus: "DELETE_COMPLETE" });
    }
  });

  it("logs what an API is asked, a line of JSON a request, where that is wanted", async () => {
    const role = await makeRole(config, "api-logs", { service: "apigateway.amazonaws.com" });
    await apigateway.send(
      new UpdateAccountCommand({ patchOperations: [{ op: "replace", path: "/cloudwatchRoleArn", value: role }] }),
    );
    const { ApiId, StageName } = await deploy("sensors", "sensors", { AccessLogs: "enabled" });
    const path = `/restapis/${ApiId}/${StageName}/_user_request_/events`;
    expect((await fetch(`${on.target.endpoint}${path}`, { method: "POST", body: "{}" })).status).toBe(403);
    const line = await eventually("the request is logged", async () => {
      const { events = [] } = await logs.send(
        new FilterLogEventsCommand({ logGroupName: "/aws/apigateway/sensors/access" }),
      );
      return events[0]?.message;
    });
    expect(JSON.parse(line)).toMatchObject({ httpMethod: "POST", path: `/${StageName}/events`, status: "403" });
    expect(await remove("sensors")).toMatchObject({ StackStatus: "DELETE_COMPLETE" });
  });

  it("keeps its tables from being deleted where that is wanted", async () => {
    const { CountsTableName } = await deploy("rivers", "rivers", { TableDeletionProtection: "true" });
    await expect(dynamodb.send(new DeleteTableCommand({ TableName: CountsTableName }))).rejects.toThrow(/protect/i);
    expect(await remove("rivers")).toMatchObject({ StackStatus: "DELETE_FAILED" });
  });
});
