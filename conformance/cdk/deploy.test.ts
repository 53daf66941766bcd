import { DescribeTableCommand, DynamoDBClient, GetItemCommand } from "@aws-sdk/client-dynamodb";
import { CloudFormationClient, DescribeStacksCommand } from "@aws-sdk/client-cloudformation";
import { HeadBucketCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { eventually, openTarget, type OpenTarget } from "../target.ts";
import { Cdk, installCdk } from "./cdk.ts";

/** Each command synthesizes the app and loads the whole library. */
const PATIENCE_MS = 120_000;
const APP = "app/app.mjs";

describe("the AWS CDK's command", () => {
  let target: OpenTarget;
  let cdk: Cdk;

  beforeAll(async () => {
    installCdk();
    target = await openTarget();
    cdk = new Cdk(target.endpoint);
  }, 10 * PATIENCE_MS);

  afterAll(async () => {
    cdk[Symbol.dispose]();
    await target[Symbol.asyncDispose]();
  });

  it(
    "bootstraps an environment with its own template, and once more without a change",
    async () => {
      await cdk.bootstrap();
      await using clients = clientsOf(target);
      const CDKToolkit = new DescribeStacksCommand({ StackName: "CDKToolkit" });
      const { Stacks } = await clients.cloudformation.send(CDKToolkit);
      expect(Stacks?.[0]?.StackStatus).toBe("CREATE_COMPLETE");
      await cdk.bootstrap();
      expect((await clients.cloudformation.send(CDKToolkit)).Stacks?.[0]?.StackStatus).toBe("CREATE_COMPLETE");
    },
    PATIENCE_MS,
  );

  it(
    "deploys an app whose API, stream, function and table work together, updates it, and destroys it with what is in its bucket",
    async () => {
      await using clients = clientsOf(target);
      const outputs = await cdk.deploy(APP);
      const api = apiOf(target, outputs);
      expect(await post(api, "first")).toBe(202);
      expect(await stored(api, "first")).toEqual({ id: "first", text: "a text", step: "one" });
      const get = new GetItemCommand({ TableName: outputs["TableName"], Key: { id: { S: "first" } } });
      for (const region of [clients.dynamodb, clients.replica]) {
        expect((await region.send(get)).Item?.["text"]?.S).toBe("a text");
      }

      await cdk.deploy(APP, { step: "two" });
      expect(await post(api, "second")).toBe(202);
      expect(await stored(api, "second")).toEqual({ id: "second", text: "a text", step: "two" });
      expect(await stored(api, "first")).toMatchObject({ step: "one" });

      const Bucket = outputs["BucketName"];
      await clients.s3.send(new PutObjectCommand({ Bucket, Key: "left", Body: "over" }));
      await clients.s3.send(new PutObjectCommand({ Bucket, Key: "left", Body: "over again" }));
      await cdk.destroy(APP);
      await expect(clients.s3.send(new HeadBucketCommand({ Bucket }))).rejects.toMatchObject({ name: "NotFound" });
      const gone = clients.cloudformation.send(new DescribeStacksCommand({ StackName: "Pipeline" }));
      await expect(gone).rejects.toMatchObject({ message: "Stack with id Pipeline does not exist" });
      const replica = clients.replica.send(new DescribeTableCommand({ TableName: outputs["TableName"] }));
      await expect(replica).rejects.toMatchObject({ name: "ResourceNotFoundException" });
    },
    3 * PATIENCE_MS,
  );
});

function clientsOf(target: OpenTarget) {
  const dynamodb = new DynamoDBClient(target.clientConfig());
  const replica = new DynamoDBClient({ ...target.clientConfig(), region: "eu-west-1" });
  const cloudformation = new CloudFormationClient(target.clientConfig());
  const s3 = new S3Client({ ...target.clientConfig(), forcePathStyle: true });
  return {
    dynamodb,
    replica,
    cloudformation,
    s3,
    [Symbol.asyncDispose]: async () => [dynamodb, replica, cloudformation, s3].forEach((client) => client.destroy()),
  };
}

/** The URL of the API at the target, by the one of AWS that the stack puts out: https://ID.execute-api.REGION.amazonaws.com/STAGE/ */
function apiOf(target: OpenTarget, outputs: Readonly<Record<string, string>>): string {
  const url = Object.values(outputs).find((value) => value.includes(".execute-api."));
  const [, id, stage] = /^https:\/\/([^.]+)\.execute-api\.[^/]+\/([^/]+)\/$/.exec(url ?? "") ?? [];
  return `${target.endpoint}/restapis/${id}/${stage}/_user_request_`;
}

const post = async (api: string, id: string): Promise<number> =>
  (await fetch(`${api}/items`, { method: "POST", body: JSON.stringify({ id, text: "a text" }) })).status;

/** What the API answers of an item, once the stream has brought it to the table. */
const stored = (api: string, id: string): Promise<unknown> =>
  eventually(`the item ${id}`, async () => {
    const response = await fetch(`${api}/items/${id}`);
    return response.status === 200 ? await response.json() : undefined;
  });
