/**
 * Proves PutBucketMetricsConfiguration, GetBucketMetricsConfiguration, ListBucketMetricsConfigurations and
 * DeleteBucketMetricsConfiguration, and the metrics that they ask for.
 */
import { once } from "node:events";
import http from "node:http";
import { CloudFormationClient, CreateStackCommand, waitUntilStackCreateComplete } from "@aws-sdk/client-cloudformation";
import { CloudWatchClient, GetMetricDataCommand } from "@aws-sdk/client-cloudwatch";
import {
  AbortMultipartUploadCommand,
  CopyObjectCommand,
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  DeleteBucketMetricsConfigurationCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  DeleteObjectTaggingCommand,
  GetBucketMetricsConfigurationCommand,
  GetObjectCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  ListBucketMetricsConfigurationsCommand,
  ListObjectsV2Command,
  ListPartsCommand,
  PutBucketMetricsConfigurationCommand,
  PutBucketPolicyCommand,
  PutObjectCommand,
  PutPublicAccessBlockCommand,
  S3Client,
  type MetricsFilter,
} from "@aws-sdk/client-s3";
import { sessionsOn, useDataDirectory } from "../data-directory.ts";
import { authorization } from "../raw-request.ts";
import { policyOf } from "../role.ts";
import { useClient } from "../target.ts";
import { bucketName } from "../targets/current.ts";
import { DENIED, failure, useS3 } from "./fixture.ts";

const Bucket = bucketName("measured");
const { s3, send, target, clientOf } = useS3({ bucket: Bucket, manualClock: true });
const other = clientOf("111111111111");

let count = 0;
const newBucket = async () => {
  const name = bucketName(`measured-${++count}`);
  await s3.send(new CreateBucketCommand({ Bucket: name }));
  return name;
};

const configured = (of: string, Id: string, Filter?: MetricsFilter) => ({
  Bucket: of,
  Id,
  MetricsConfiguration: { Id, ...(Filter && { Filter }) },
});
const put = (Id: string, Filter?: MetricsFilter, of = Bucket) =>
  s3.send(new PutBucketMetricsConfigurationCommand(configured(of, Id, Filter)));
const get = (Id: string) => s3.send(new GetBucketMetricsConfigurationCommand({ Bucket, Id }));
const remove = (Id: string) => s3.send(new DeleteBucketMetricsConfigurationCommand({ Bucket, Id }));
const tag = (Key: string, Value = "v") => ({ Key, Value });
/** What a call fails with, if it does. */
const failed = (call: Promise<unknown>) =>
  call.then(
    () => undefined,
    (error: unknown) => failure(Promise.reject(error as Error)),
  );

const MISSING = { status: 404, code: "NoSuchConfiguration", message: "The specified configuration does not exist." };
const MALFORMED = { status: 400, code: "MalformedXML" };

describe("a metrics configuration", () => {
  it.each<[string, MetricsFilter | undefined]>([
    ["of all objects", undefined],
    ["of a prefix", { Prefix: "a/" }],
    ["of a tag", { Tag: tag("k") }],
    ["of a prefix and tags", { And: { Prefix: "a/", Tags: [tag("k"), tag("l", "")] } }],
    ["of tags", { And: { Tags: [tag("k"), tag("l")] } }],
  ])("is read back as it was put: %s", async (_what, Filter) => {
    expect((await put("one", Filter)).$metadata.httpStatusCode).toBe(204);
    expect((await get("one")).MetricsConfiguration).toEqual({ Id: "one", ...(Filter && { Filter }) });
  });

  it("takes the place of the one with its id, and is gone when it is deleted", async () => {
    await put("two", { Prefix: "a/" });
    await put("two");
    expect((await get("two")).MetricsConfiguration).toEqual({ Id: "two" });
    expect((await remove("two")).$metadata.httpStatusCode).toBe(204);
    expect(await failure(get("two"))).toEqual(MISSING);
    expect(await failure(remove("two"))).toEqual(MISSING);
    const { MetricsConfigurationList } = await s3.send(new ListBucketMetricsConfigurationsCommand({ Bucket }));
    expect(MetricsConfigurationList?.map(({ Id }) => Id)).toEqual(["one"]);
  });

  it("has an id of 64 letters, digits, periods, dashes and underscores, the same in the query and in the document", async () => {
    const long = "aZ0._-".padEnd(64, "x");
    await put(long);
    await remove(long);
    for (const id of ["x".repeat(65), "a b", "ü", "a/b"]) expect(await failure(put(id))).toMatchObject(MALFORMED);
    const MetricsConfiguration = { Id: "other" };
    const call = s3.send(new PutBucketMetricsConfigurationCommand({ Bucket, Id: "one", MetricsConfiguration }));
    expect(await failure(call)).toMatchObject(MALFORMED);
    for (const query of ["metrics", "metrics&id=undefined", "metrics&id="]) {
      const answer = await send({ method: "PUT", path: `/${Bucket}?${query}` });
      expect([answer.status, answer.element("Code")]).toEqual([400, "MalformedXML"]);
    }
  });

  it.each([
    ["none", ""],
    ["two without And", "<Prefix>a</Prefix><Tag><Key>k</Key><Value>v</Value></Tag>"],
    ["one in And", "<And><Prefix>a</Prefix></And>"],
    ["a tag without a value", "<Tag><Key>k</Key></Tag>"],
    ["a tag without a key", "<And><Prefix>a</Prefix><Tag><Value>v</Value></Tag></And>"],
    ["one that there is not", "<Size>1</Size>"],
  ])("is refused with a filter of predicates that are not as they have to be: %s", async (_what, predicates) => {
    const body = `<MetricsConfiguration><Id>x</Id><Filter>${predicates}</Filter></MetricsConfiguration>`;
    const answer = await send({ method: "PUT", path: `/${Bucket}?metrics&id=x`, body });
    expect([answer.status, answer.element("Code")]).toEqual([400, "MalformedXML"]);
  });

  it("is refused by name with an access point", async () => {
    const AccessPointArn = "arn:aws:s3:us-east-1:000000000000:accesspoint/a";
    const refused = { status: 501, code: "NotImplemented", message: expect.stringContaining("AccessPointArn") };
    expect(await failure(put("x", { AccessPointArn }))).toEqual(refused);
    expect(await failure(put("x", { And: { Prefix: "a", AccessPointArn } }))).toEqual(refused);
  });

  it("needs a bucket", async () => {
    const call = s3.send(new ListBucketMetricsConfigurationsCommand({ Bucket: "none-such-bucket" }));
    expect(await failure(call)).toMatchObject({ status: 404, code: "NoSuchBucket" });
  });

  it("may be put and read by whom a policy lets", async () => {
    const Of = await newBucket();
    const allow = (Action: string) => {
      const Policy = policyOf({
        Effect: "Allow",
        Principal: { AWS: "111111111111" },
        Action,
        Resource: `arn:aws:s3:::${Of}`,
      });
      return s3.send(new PutBucketPolicyCommand({ Bucket: Of, Policy }));
    };
    const writes = () => [
      failed(other.send(new PutBucketMetricsConfigurationCommand(configured(Of, "x")))),
      failed(other.send(new DeleteBucketMetricsConfigurationCommand({ Bucket: Of, Id: "one" }))),
    ];
    const reads = () => [
      failed(other.send(new GetBucketMetricsConfigurationCommand({ Bucket: Of, Id: "one" }))),
      failed(other.send(new ListBucketMetricsConfigurationsCommand({ Bucket: Of }))),
    ];
    await put("one", undefined, Of);
    await allow("s3:GetMetricsConfiguration");
    expect(await Promise.all(reads())).toEqual([undefined, undefined]);
    expect(await Promise.all(writes())).toEqual([DENIED, DENIED]);
    await allow("s3:PutMetricsConfiguration");
    expect(await Promise.all(reads())).toEqual([DENIED, DENIED]);
    expect(await Promise.all(writes())).toEqual([undefined, undefined]);
  });
});

describe("the list of a bucket's metrics configurations", () => {
  /** A call for each would take seconds. */
  async function createByTemplate(BucketName: string, ids: readonly string[]): Promise<void> {
    const cloudformation = new CloudFormationClient(target.clientConfig());
    const Properties = { BucketName, MetricsConfigurations: ids.map((Id) => ({ Id })) };
    const TemplateBody = JSON.stringify({ Resources: { Bucket: { Type: "AWS::S3::Bucket", Properties } } });
    await cloudformation.send(new CreateStackCommand({ StackName: BucketName, TemplateBody }));
    await waitUntilStackCreateComplete(
      { client: cloudformation, maxWaitTime: 60, minDelay: 0.05, maxDelay: 0.1 },
      { StackName: BucketName },
    );
    cloudformation.destroy();
  }

  it("has a hundred at a time, by id, and a bucket has a thousand of them", async () => {
    const Of = bucketName("measured-much");
    const page = (ContinuationToken?: string, of = Of) =>
      s3.send(
        new ListBucketMetricsConfigurationsCommand({
          Bucket: of,
          ...(ContinuationToken !== undefined && { ContinuationToken }),
        }),
      );
    const { IsTruncated, MetricsConfigurationList } = await page("", await newBucket());
    expect([IsTruncated, MetricsConfigurationList]).toEqual([false, undefined]);
    const ids = Array.from({ length: 1000 }, (_one, index) => `id-${index}`).toSorted();
    await createByTemplate(Of, ids.toReversed());
    const full = { status: 400, code: "TooManyConfigurations", message: expect.stringContaining("1,000") as string };
    expect(await failure(put("one-more", undefined, Of))).toEqual(full);
    await put("id-7", { Prefix: "a" }, Of);

    const listed: string[] = [];
    let token: string | undefined;
    do {
      const answer = await page(token);
      expect([answer.MetricsConfigurationList?.length, answer.ContinuationToken]).toEqual([100, token]);
      listed.push(...(answer.MetricsConfigurationList ?? []).map(({ Id = "" }) => Id));
      token = answer.NextContinuationToken;
      expect(answer.IsTruncated).toBe(token !== undefined);
    } while (token !== undefined);
    expect(listed).toEqual(ids);
    expect(await failure(page("garbage"))).toEqual({
      status: 400,
      code: "MalformedContinuationToken",
      message: "The continuation-token you provided invalid.",
    });
  });
});

const cloudwatch = useClient(new CloudWatchClient(target.clientConfig()));

const METRICS = [
  "AllRequests",
  "GetRequests",
  "PutRequests",
  "DeleteRequests",
  "HeadRequests",
  "PostRequests",
  "ListRequests",
  "BytesDownloaded",
  "BytesUploaded",
  "4xxErrors",
  "5xxErrors",
  "FirstByteLatency",
  "TotalRequestLatency",
];

/** What CloudWatch has of a configuration, without what was never measured. */
async function measured(BucketName: string, FilterId: string, Stat = "Sum"): Promise<Record<string, number>> {
  const Dimensions = Object.entries({ BucketName, FilterId }).map(([Name, Value]) => ({ Name, Value }));
  const minute = target.clock.now() - (target.clock.now() % 60_000);
  const { MetricDataResults = [] } = await cloudwatch.send(
    new GetMetricDataCommand({
      StartTime: new Date(minute),
      EndTime: new Date(minute + 60_000),
      MetricDataQueries: METRICS.map((MetricName, index) => ({
        Id: `m${index}`,
        Label: MetricName,
        MetricStat: { Metric: { Namespace: "AWS/S3", MetricName, Dimensions }, Period: 60, Stat },
      })),
    }),
  );
  return Object.fromEntries(
    MetricDataResults.flatMap(({ Label = "", Values: [value] = [] }) => (value === undefined ? [] : [[Label, value]])),
  );
}

const LATENCIES = { FirstByteLatency: 0, TotalRequestLatency: 0 };

describe("metrics of requests", () => {
  it("count requests to objects by their method, listings, bytes and errors", async () => {
    const Of = await newBucket();
    await put("all", undefined, Of);
    await s3.send(new PutObjectCommand({ Bucket: Of, Key: "k", Body: "12345" }));
    await s3.send(new CopyObjectCommand({ Bucket: Of, Key: "copy", CopySource: `${Of}/k` }));
    const { Body } = await s3.send(new GetObjectCommand({ Bucket: Of, Key: "k", Range: "bytes=0-2" }));
    await Body?.transformToString();
    await s3.send(new HeadObjectCommand({ Bucket: Of, Key: "k" }));
    const missing = await send({ path: `/${Of}/none` });
    expect(missing.status).toBe(404);
    const { UploadId } = await s3.send(new CreateMultipartUploadCommand({ Bucket: Of, Key: "large" }));
    await s3.send(new ListPartsCommand({ Bucket: Of, Key: "large", UploadId }));
    await s3.send(new AbortMultipartUploadCommand({ Bucket: Of, Key: "large", UploadId }));
    await s3.send(new ListObjectsV2Command({ Bucket: Of }));
    await s3.send(new DeleteObjectCommand({ Bucket: Of, Key: "k" }));
    // of the bucket itself
    await s3.send(new HeadBucketCommand({ Bucket: Of }));
    await s3.send(new ListBucketMetricsConfigurationsCommand({ Bucket: Of }));

    const { BytesDownloaded = 0, ...sums } = await measured(Of, "all");
    expect(sums).toEqual({
      AllRequests: 10,
      PutRequests: 2,
      GetRequests: 2,
      HeadRequests: 1,
      PostRequests: 1,
      ListRequests: 2,
      DeleteRequests: 2,
      BytesUploaded: 5,
      "4xxErrors": 1,
      "5xxErrors": 0,
      ...LATENCIES,
    });
    expect(BytesDownloaded).toBeGreaterThan(3 + missing.body.length);
    const counts = await measured(Of, "all", "SampleCount");
    // uploads and downloads are of the requests and answers that have a body
    expect(counts).toMatchObject({ "4xxErrors": 10, "5xxErrors": 10, FirstByteLatency: 10, BytesUploaded: 1 });
    expect(counts["BytesDownloaded"]).toBe(6);
    expect((await measured(Of, "all", "Minimum"))["BytesDownloaded"]).toBe(3);
  });

  it("are those of single objects where a configuration has a filter", async () => {
    const Of = await newBucket();
    await put("a", { Prefix: "a/" }, Of);
    await put("blue", { Tag: tag("color", "blue") }, Of);
    await put("both", { And: { Prefix: "a/", Tags: [tag("color", "blue"), tag("size", "1")] } }, Of);
    await s3.send(new PutObjectCommand({ Bucket: Of, Key: "a/1", Body: "x", Tagging: "color=blue&size=1" }));
    await s3.send(new PutObjectCommand({ Bucket: Of, Key: "b/1", Body: "x", Tagging: "color=blue" }));
    await s3.send(new PutObjectCommand({ Bucket: Of, Key: "b/2", Body: "x" }));
    await s3.send(new HeadObjectCommand({ Bucket: Of, Key: "b/1" }));
    await s3.send(new ListObjectsV2Command({ Bucket: Of, Prefix: "a/" }));
    await s3.send(new CreateMultipartUploadCommand({ Bucket: Of, Key: "b/1" }));
    const Objects = [{ Key: "a/2" }];
    await s3.send(new DeleteObjectsCommand({ Bucket: Of, Delete: { Objects }, ChecksumAlgorithm: "CRC32" }));
    // the tags that it had count
    await s3.send(new DeleteObjectCommand({ Bucket: Of, Key: "a/1" }));
    await s3.send(new DeleteObjectTaggingCommand({ Bucket: Of, Key: "b/1" }));
    await s3.send(new HeadObjectCommand({ Bucket: Of, Key: "b/1" }));

    const common = { "4xxErrors": 0, "5xxErrors": 0, ...LATENCIES };
    const { BytesDownloaded: _answers, ...a } = await measured(Of, "a");
    expect(a).toEqual({ AllRequests: 2, PutRequests: 1, DeleteRequests: 1, BytesUploaded: 1, ...common });
    const { BytesDownloaded: _none, ...blue } = await measured(Of, "blue");
    const requests = { AllRequests: 5, PutRequests: 2, HeadRequests: 1, DeleteRequests: 2 };
    expect(blue).toEqual({ ...requests, BytesUploaded: 2, ...common });
    expect(await measured(Of, "both")).toMatchObject({ AllRequests: 2, PutRequests: 1, DeleteRequests: 1 });
    // what has no tags because it is refused is noted by the others
    await put("long", { Prefix: "k" }, Of);
    expect((await send({ path: `/${Of}/${"k".repeat(1025)}` })).element("Code")).toBe("KeyTooLongError");
    expect(await measured(Of, "long")).toMatchObject({ AllRequests: 1, GetRequests: 1, "4xxErrors": 1 });
  });

  it("are of an object that a form puts, wherever it sends the browser", async () => {
    const Of = await newBucket();
    await put("a", { Prefix: "a/" }, Of);
    await s3.send(new PutPublicAccessBlockCommand({ Bucket: Of, PublicAccessBlockConfiguration: {} }));
    const everybody = {
      Effect: "Allow" as const,
      Principal: "*",
      Action: "s3:PutObject",
      Resource: `arn:aws:s3:::${Of}/*`,
    };
    await s3.send(new PutBucketPolicyCommand({ Bucket: Of, Policy: policyOf(everybody) }));
    const fields = { key: "a/1", success_action_redirect: "http://page.example/done?key=other", file: "x" };
    const parts = Object.entries(fields).map(
      ([name, value]) => `--b\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`,
    );
    const headers = { "content-type": "multipart/form-data; boundary=b" };
    const answer = await send({
      method: "POST",
      path: `/${Of}`,
      headers,
      body: `${parts.join("")}--b--\r\n`,
      unsigned: true,
    });
    expect(answer.status).toBe(303);
    expect(await measured(Of, "a")).toMatchObject({ AllRequests: 1, PostRequests: 1 });
  });

  const chunked = {
    "content-encoding": "aws-chunked",
    "x-amz-content-sha256": "STREAMING-UNSIGNED-PAYLOAD-TRAILER",
    "x-amz-decoded-content-length": 4,
    "x-amz-trailer": "x-amz-checksum-crc32",
  };

  it.each<[string, http.OutgoingHttpHeaders, string, string]>([
    ["plain", {}, "ab", "cd"],
    ["in chunks", chunked, "4\r\nab", "cd\r\n0\r\nx-amz-checksum-crc32:7YLNEQ==\r\n\r\n"],
  ])("tell how long a request took, and its answer when it was whole: %s", async (_how, more, first, second) => {
    const Of = await newBucket();
    await put("all", undefined, Of);
    const { hostname, port } = new URL(target.endpoint);
    const length = { "content-length": first.length + second.length, expect: "100-continue" };
    const headers = { authorization: authorization("s3"), ...length, ...more };
    const request = http.request({ hostname, port, method: "PUT", path: `/${Of}/slow`, headers });
    const answered = once(request, "response");
    request.flushHeaders();
    // it is under way
    await once(request, "continue");
    request.write(first);
    await target.clock.advance(7_000);
    request.end(second);
    const [response] = (await answered) as [http.IncomingMessage];
    expect(response.resume().statusCode).toBe(200);
    const sums = await measured(Of, "all");
    expect(sums).toMatchObject({ BytesUploaded: 4, FirstByteLatency: 0, TotalRequestLatency: 7_000 });
  });

  it("are of a bucket's present configurations only", async () => {
    const Of = await newBucket();
    const head = () => failure(s3.send(new HeadObjectCommand({ Bucket: Of, Key: "k" })));
    await head();
    await put("all", undefined, Of);
    await head();
    await s3.send(new DeleteBucketMetricsConfigurationCommand({ Bucket: Of, Id: "all" }));
    await head();
    expect(await measured(Of, "all")).toMatchObject({ AllRequests: 1, HeadRequests: 1, "4xxErrors": 1 });
  });
});

describe("a metrics configuration over a restart", () => {
  const session = sessionsOn(
    useDataDirectory(),
    (config) => new S3Client({ ...config, forcePathStyle: true, maxAttempts: 1 }),
  );

  it("stays", async () => {
    await session(0, async (client) => {
      await client.send(new CreateBucketCommand({ Bucket: "kept" }));
      await client.send(new PutBucketMetricsConfigurationCommand(configured("kept", "all", { Prefix: "a/" })));
    });
    const found = await session(0, (client) =>
      client.send(new GetBucketMetricsConfigurationCommand({ Bucket: "kept", Id: "all" })),
    );
    expect(found.MetricsConfiguration).toEqual({ Id: "all", Filter: { Prefix: "a/" } });
  });
});
