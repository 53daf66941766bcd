import { describe, expect, it } from "@jest/globals";
import {
  CreateAliasCommand,
  DeleteAliasCommand,
  DeleteFunctionCommand,
  GetAliasCommand,
  GetFunctionCommand,
  GetFunctionConfigurationCommand,
  ListAliasesCommand,
  ListVersionsByFunctionCommand,
  PublishVersionCommand,
  UpdateAliasCommand,
  UpdateFunctionCodeCommand,
  UpdateFunctionConfigurationCommand,
  paginateListFunctions,
  waitUntilFunctionActiveV2,
  waitUntilFunctionUpdatedV2,
  type CreateFunctionCommandInput,
} from "@aws-sdk/client-lambda";
import { CreateBucketCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import AdmZip from "adm-zip";
import { createHash } from "node:crypto";
import { LambdaFixture, ROLE, zipOf } from "./fixture.ts";

const ECHO = "exports.handler = async (event) => event;";
const arnOf = (name: string) => `arn:aws:lambda:us-east-1:000000000000:function:${name}`;
const UUID = expect.stringMatching(/^[0-9a-f-]{36}$/);

const aws = new LambdaFixture();

describe("CreateFunction", () => {
  describe("validation", () => {
    const refusals: readonly (readonly [string, Partial<CreateFunctionCommandInput>, string, RegExp])[] = [
      [
        "a runtime that does not exist",
        { Runtime: "nodejs99.x" as "nodejs20.x" },
        "InvalidParameterValueException",
        /^Value nodejs99\.x at 'runtime' failed to satisfy constraint: Member must satisfy enum value set: \[/,
      ],
      [
        "a runtime that Headwater does not run",
        { Runtime: "python3.12" },
        "NotImplemented",
        /^The runtime python3\.12 is not supported/,
      ],
      [
        "too little memory",
        { MemorySize: 127 },
        "ValidationException",
        /Value '127' at 'memorySize' failed to satisfy constraint: Member must have value greater than or equal to 128$/,
      ],
      [
        "too much memory",
        { MemorySize: 10_241 },
        "ValidationException",
        /Value '10241' at 'memorySize' failed to satisfy constraint: Member must have value less than or equal to 10240$/,
      ],
      [
        "a timeout over 15 minutes",
        { Timeout: 901 },
        "ValidationException",
        /Value '901' at 'timeout' failed to satisfy constraint: Member must have value less than or equal to 900$/,
      ],
      [
        "a role that is no ARN",
        { Role: "admin" },
        "ValidationException",
        /Value 'admin' at 'role' failed to satisfy constraint: Member must satisfy regular expression pattern/,
      ],
      [
        "no handler",
        { Handler: undefined },
        "InvalidParameterValueException",
        /^Runtime and Handler are mandatory parameters/,
      ],
      ["no code", { Code: {} }, "InvalidParameterValueException", /^Please provide a source for function code\.$/],
      [
        "code that is no zip",
        { Code: { ZipFile: Buffer.from("PK nonsense") } },
        "InvalidParameterValueException",
        /^Could not unzip uploaded file\. Please check your file, then try to upload again\.$/,
      ],
      [
        "an empty zip",
        { Code: { ZipFile: new AdmZip().toBuffer() } },
        "InvalidParameterValueException",
        /^Uploaded file must be a non-empty zip$/,
      ],
      [
        "code in a bucket that does not exist",
        { Code: { S3Bucket: "no-such-bucket", S3Key: "k" } },
        "InvalidParameterValueException",
        /^Error occurred while GetObject\. S3 Error Code: NoSuchBucket\. S3 Error Message: /,
      ],
      [
        "a reserved variable",
        { Environment: { Variables: { AWS_REGION: "x", OWN: "b" } } },
        "InvalidParameterValueException",
        /Reserved keys used in this request: AWS_REGION$/,
      ],
      [
        "variables over 4 KB",
        { Environment: { Variables: { LONG: "x".repeat(4090) } } },
        "InvalidParameterValueException",
        /exceeded the 4KB limit/,
      ],
      [
        "a log level with text logs",
        { LoggingConfig: { LogFormat: "Text", ApplicationLogLevel: "INFO" } },
        "InvalidParameterValueException",
        /set LogFormat to JSON/,
      ],
      [
        "layers",
        { Layers: ["arn:aws:lambda:us-east-1:000000000000:layer:l:1"] },
        "NotImplemented",
        /^Layers is not supported/,
      ],
      ["a VPC", { VpcConfig: { SubnetIds: ["subnet-1"], SecurityGroupIds: ["sg-1"] } }, "NotImplemented", /^VpcConfig/],
      ["images", { PackageType: "Image", Code: { ImageUri: "x" } }, "NotImplemented", /^PackageType Image/],
      ["larger ephemeral storage", { EphemeralStorage: { Size: 1024 } }, "NotImplemented", /^EphemeralStorage/],
      ["SnapStart", { SnapStart: { ApplyOn: "PublishedVersions" } }, "NotImplemented", /^SnapStart/],
      ["active tracing", { TracingConfig: { Mode: "Active" } }, "NotImplemented", /^TracingConfig/],
      [
        "a dead letter queue that is not there",
        { DeadLetterConfig: { TargetArn: "arn:aws:sqs:us-east-1:000000000000:q" } },
        "InvalidParameterValueException",
        /arn:aws:sqs:us-east-1:000000000000:q is invalid/,
      ],
      [
        "a FIFO dead letter queue",
        { DeadLetterConfig: { TargetArn: "arn:aws:sqs:us-east-1:000000000000:q.fifo" } },
        "InvalidParameterValueException",
        /^FIFO queues and topics are not supported/,
      ],
      ["a KMS key", { KMSKeyArn: "arn:aws:kms:us-east-1:000000000000:key/k" }, "NotImplemented", /^KMSKeyArn/],
    ];
    it.each(refusals)("refuses %s", async (_what, settings, name, message) => {
      await expect(aws.create("refused", ECHO, settings)).rejects.toMatchObject({
        name,
        message: expect.stringMatching(message),
      });
      await expect(aws.lambda.send(new GetFunctionCommand({ FunctionName: "refused" }))).rejects.toThrow("not found");
    });

    it("refuses a package whose files would leave its folder", async () => {
      for (const path of [
        "../outside.js",
        "/etc/outside.js",
        "a/../../outside.js",
        "..\\outside.js",
        "C:\\outside.js",
      ]) {
        const zip = new AdmZip();
        zip.addFile("index.js", Buffer.from(ECHO));
        zip.addFile("placeholder", Buffer.from("x"));
        const entry = zip.getEntries()[1];
        if (entry) entry.entryName = path;
        await expect(aws.create("slips", ECHO, { Code: { ZipFile: zip.toBuffer() } })).rejects.toThrow(
          "Could not unzip",
        );
      }
    });

    it("refuses what unzips to more than 250 MB", async () => {
      const zip = new AdmZip();
      zip.addFile("index.js", Buffer.from(ECHO));
      for (let i = 0; i < 6; i++) zip.addFile(`zeros${i}`, Buffer.alloc(44_000_000));
      await expect(aws.create("bomb", ECHO, { Code: { ZipFile: zip.toBuffer() } })).rejects.toMatchObject({
        message: "Unzipped size must be smaller than 262144000 bytes",
      });
    });

    it("refuses a second function of the same name", async () => {
      await aws.create("twice", ECHO);
      await expect(aws.create("twice", ECHO)).rejects.toMatchObject({
        name: "ResourceConflictException",
        message: "Function already exist: twice",
        Type: "User",
        $metadata: { httpStatusCode: 409 },
      });
    });
  });

  describe("behaviour", () => {
    it("answers all settings, with AWS's defaults, as pending; the function is active at the first look", async () => {
      const zip = zipOf(ECHO);
      const created = await aws.create("defaults", ECHO, { Code: { ZipFile: zip } });
      expect(created).toMatchObject({
        $metadata: { httpStatusCode: 201 },
        FunctionName: "defaults",
        FunctionArn: arnOf("defaults"),
        Runtime: "nodejs20.x",
        Role: ROLE,
        Handler: "index.handler",
        CodeSize: zip.length,
        CodeSha256: createHash("sha256").update(zip).digest("base64"),
        Description: "",
        Timeout: 3,
        MemorySize: 128,
        LastModified: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+0000$/),
        Version: "$LATEST",
        TracingConfig: { Mode: "PassThrough" },
        RevisionId: UUID,
        State: "Pending",
        StateReason: "The function is being created.",
        StateReasonCode: "Creating",
        PackageType: "Zip",
        Architectures: ["x86_64"],
        EphemeralStorage: { Size: 512 },
        SnapStart: { ApplyOn: "None", OptimizationStatus: "Off" },
        LoggingConfig: { LogFormat: "Text", LogGroup: "/aws/lambda/defaults" },
      });
      const waited = await waitUntilFunctionActiveV2(
        { client: aws.lambda, maxWaitTime: 2 },
        { FunctionName: "defaults" },
      );
      expect(waited.state).toBe("SUCCESS");
      const found = await aws.lambda.send(new GetFunctionCommand({ FunctionName: "defaults" }));
      expect(found.Configuration).toMatchObject({
        State: "Active",
        LastUpdateStatus: "Successful",
        CodeSize: zip.length,
      });
      expect(found.Code).toMatchObject({ RepositoryType: "S3" });
      expect(found).not.toHaveProperty("Tags");
    });

    it("takes code from S3", async () => {
      const s3 = new S3Client({ ...aws.target.clientConfig(), forcePathStyle: true });
      await s3.send(new CreateBucketCommand({ Bucket: "code" }));
      await s3.send(
        new PutObjectCommand({ Bucket: "code", Key: "f.zip", Body: zipOf("exports.handler = async () => 's3'") }),
      );
      await aws.create("from-s3", ECHO, { Code: { S3Bucket: "code", S3Key: "f.zip" } });
      expect((await aws.invoke("from-s3")).value).toBe("s3");
      await expect(aws.create("no-key", ECHO, { Code: { S3Bucket: "code", S3Key: "other" } })).rejects.toMatchObject({
        message:
          "Error occurred while GetObject. S3 Error Code: NoSuchKey. S3 Error Message: The specified key does not exist.",
      });
      s3.destroy();
    });

    it("with Publish answers version 1 and the ARN of the function", async () => {
      const { Version, FunctionArn } = await aws.create("published", ECHO, { Publish: true });
      expect({ Version, FunctionArn }).toEqual({ Version: "1", FunctionArn: arnOf("published") });
    });
  });
});

describe("ListFunctions", () => {
  it("pages through all functions by name, and through all versions where asked for", async () => {
    for (const name of ["list-c", "list-a", "list-b"]) await aws.create(name, ECHO, { Publish: true });
    const all = async (settings: object) => {
      const listed: (string | undefined)[] = [];
      for await (const { Functions = [] } of paginateListFunctions({ client: aws.lambda, pageSize: 2 }, settings)) {
        expect(Functions.length).toBeLessThanOrEqual(2);
        listed.push(...Functions.map(({ FunctionArn }) => FunctionArn));
      }
      return listed.filter((arn) => arn?.includes(":list-"));
    };
    expect(await all({})).toEqual(["list-a", "list-b", "list-c"].map(arnOf));
    expect(await all({ FunctionVersion: "ALL" })).toEqual(
      ["list-a", "list-b", "list-c"].flatMap((name) => [`${arnOf(name)}:$LATEST`, `${arnOf(name)}:1`]),
    );
  });
});

describe("UpdateFunctionCode", () => {
  it("changes hash, size and revision, and answers the update as in progress", async () => {
    await aws.create("recoded", ECHO);
    const zip = zipOf("exports.handler = async () => 'other';");
    const updated = await aws.lambda.send(new UpdateFunctionCodeCommand({ FunctionName: "recoded", ZipFile: zip }));
    expect(updated).toMatchObject({
      CodeSha256: createHash("sha256").update(zip).digest("base64"),
      CodeSize: zip.length,
      State: "Active",
      LastUpdateStatus: "InProgress",
      LastUpdateStatusReason: "The function is being created.",
      LastUpdateStatusReasonCode: "Creating",
    });
    const waited = await waitUntilFunctionUpdatedV2(
      { client: aws.lambda, maxWaitTime: 2 },
      { FunctionName: "recoded" },
    );
    expect(waited.state).toBe("SUCCESS");
  });

  it("with DryRun answers what would be and changes nothing", async () => {
    const { CodeSha256 } = await aws.create("dry-code", ECHO);
    const ZipFile = zipOf("exports.handler = 1");
    const dry = await aws.lambda.send(
      new UpdateFunctionCodeCommand({ FunctionName: "dry-code", ZipFile, DryRun: true }),
    );
    expect(dry.CodeSha256).not.toBe(CodeSha256);
    const after = await aws.lambda.send(new GetFunctionConfigurationCommand({ FunctionName: "dry-code" }));
    expect(after.CodeSha256).toBe(CodeSha256);
  });

  it("refuses a revision that is not the latest", async () => {
    await aws.create("revised", ECHO);
    const get = () => aws.lambda.send(new GetFunctionConfigurationCommand({ FunctionName: "revised" }));
    const { RevisionId } = await get();
    const update = () =>
      aws.lambda.send(new UpdateFunctionCodeCommand({ FunctionName: "revised", ZipFile: zipOf(ECHO), RevisionId }));
    await update();
    await expect(update()).rejects.toMatchObject({
      name: "PreconditionFailedException",
      message:
        "The Revision Id provided does not match the latest Revision Id. Call the GetFunction/GetAlias API to retrieve the latest Revision Id",
      $metadata: { httpStatusCode: 412 },
    });
    expect((await get()).RevisionId).not.toBe(RevisionId);
  });
});

describe("UpdateFunctionConfiguration", () => {
  it("changes what the request names, and nothing else", async () => {
    await aws.create("changed", ECHO, { Timeout: 9, Description: "before", Environment: { Variables: { OWN: "1" } } });
    await aws.lambda.send(
      new UpdateFunctionConfigurationCommand({ FunctionName: "changed", MemorySize: 256, Description: "after" }),
    );
    expect(await aws.lambda.send(new GetFunctionConfigurationCommand({ FunctionName: "changed" }))).toMatchObject({
      MemorySize: 256,
      Description: "after",
      Timeout: 9,
      Environment: { Variables: { OWN: "1" } },
      LastUpdateStatus: "Successful",
    });
  });

  it("refuses what CreateFunction refuses", async () => {
    await aws.create("unchanged", ECHO);
    const update = (settings: object) =>
      aws.lambda.send(new UpdateFunctionConfigurationCommand({ FunctionName: "unchanged", ...settings }));
    await expect(update({ Timeout: 901 })).rejects.toMatchObject({ name: "ValidationException" });
    await expect(update({ Layers: ["arn:aws:lambda:us-east-1:000000000000:layer:l:1"] })).rejects.toMatchObject({
      name: "NotImplemented",
    });
    await expect(update({ Runtime: "ruby3.3" })).rejects.toMatchObject({ name: "NotImplemented" });
  });
});

describe("PublishVersion", () => {
  it("numbers versions, keeps them as they are, and makes none when nothing changed", async () => {
    await aws.create("versions", "exports.handler = async () => 'one';", { Description: "one" });
    const publish = (settings: object = {}) =>
      aws.lambda.send(new PublishVersionCommand({ FunctionName: "versions", ...settings }));
    expect(await publish()).toMatchObject({ Version: "1", FunctionArn: `${arnOf("versions")}:1`, Description: "one" });
    expect((await publish({ Description: "again" })).Version).toBe("1");
    await aws.lambda.send(
      new UpdateFunctionCodeCommand({
        FunctionName: "versions",
        ZipFile: zipOf("exports.handler = async () => 'two';"),
      }),
    );
    expect(await publish({ Description: "two" })).toMatchObject({ Version: "2", Description: "two" });
    expect((await aws.invoke("versions", {}, { Qualifier: "1" })).value).toBe("one");
    expect((await aws.invoke("versions", {}, { Qualifier: "2" })).value).toBe("two");
    const { Versions } = await aws.lambda.send(new ListVersionsByFunctionCommand({ FunctionName: "versions" }));
    expect(Versions?.map(({ Version, Description }) => [Version, Description])).toEqual([
      ["$LATEST", "one"],
      ["1", "one"],
      ["2", "two"],
    ]);
    await expect(publish({ CodeSha256: "other" })).rejects.toMatchObject({ name: "InvalidParameterValueException" });
  });
});

describe("aliases", () => {
  it("name versions, and are listed, changed and deleted", async () => {
    await aws.create("aliased", ECHO, { Publish: true });
    const base = { FunctionName: "aliased" };
    const created = await aws.lambda.send(
      new CreateAliasCommand({ ...base, Name: "prod", FunctionVersion: "1", Description: "d" }),
    );
    expect(created).toMatchObject({
      $metadata: { httpStatusCode: 201 },
      AliasArn: `${arnOf("aliased")}:prod`,
      Name: "prod",
      FunctionVersion: "1",
      Description: "d",
      RevisionId: UUID,
    });
    expect((await aws.invoke("aliased:prod", { a: 1 })).version).toBe("1");
    const { FunctionArn, Version } = await aws.lambda.send(
      new GetFunctionConfigurationCommand({ ...base, Qualifier: "prod" }),
    );
    expect({ FunctionArn, Version }).toEqual({ FunctionArn: `${arnOf("aliased")}:prod`, Version: "1" });
    const updated = await aws.lambda.send(
      new UpdateAliasCommand({ ...base, Name: "prod", FunctionVersion: "$LATEST" }),
    );
    expect(updated).toMatchObject({ FunctionVersion: "$LATEST", Description: "d" });
    await aws.lambda.send(new CreateAliasCommand({ ...base, Name: "beta", FunctionVersion: "1" }));
    const { Aliases } = await aws.lambda.send(new ListAliasesCommand(base));
    expect(Aliases?.map(({ Name }) => Name)).toEqual(["beta", "prod"]);
    await aws.lambda.send(new DeleteAliasCommand({ ...base, Name: "beta" }));
    await expect(aws.lambda.send(new GetAliasCommand({ ...base, Name: "beta" }))).rejects.toMatchObject({
      name: "ResourceNotFoundException",
      message: `Cannot find alias arn: ${arnOf("aliased")}:beta`,
    });
  });

  it("are refused when they exist, lead nowhere or share wrongly", async () => {
    await aws.create("misaliased", ECHO, { Publish: true });
    const create = (settings: object) =>
      aws.lambda.send(
        new CreateAliasCommand({ FunctionName: "misaliased", Name: "a", FunctionVersion: "1", ...settings }),
      );
    await create({});
    await expect(create({})).rejects.toMatchObject({
      name: "ResourceConflictException",
      message: `Alias already exists: ${arnOf("misaliased")}:a`,
    });
    await expect(create({ Name: "b", FunctionVersion: "9" })).rejects.toMatchObject({
      name: "ResourceNotFoundException",
    });
    const share = (weights: object) => create({ Name: "b", RoutingConfig: { AdditionalVersionWeights: weights } });
    await expect(share({ "1": 0.5 })).rejects.toThrow("already included in routing configuration");
    await expect(
      create({ Name: "b", FunctionVersion: "$LATEST", RoutingConfig: { AdditionalVersionWeights: { "1": 0.5 } } }),
    ).rejects.toThrow("$LATEST is not supported");
    await expect(create({ Name: "12" })).rejects.toMatchObject({ name: "ValidationException" });
  });
});

describe("DeleteFunction", () => {
  it("removes the function with its versions and aliases, and its name is free again", async () => {
    await aws.create("deleted", ECHO, { Publish: true });
    const answer = await aws.lambda.send(new DeleteFunctionCommand({ FunctionName: "deleted" }));
    expect(answer.$metadata.httpStatusCode).toBe(204);
    await expect(aws.invoke("deleted")).rejects.toMatchObject({ name: "ResourceNotFoundException" });
    await expect(aws.lambda.send(new DeleteFunctionCommand({ FunctionName: "deleted" }))).rejects.toMatchObject({
      message: `Function not found: ${arnOf("deleted")}`,
    });
    await aws.create("deleted", "exports.handler = async () => 'again'");
    expect((await aws.invoke("deleted")).value).toBe("again");
    await expect(aws.invoke("deleted", {}, { Qualifier: "1" })).rejects.toMatchObject({
      name: "ResourceNotFoundException",
    });
  });

  it("removes one version, but neither $LATEST nor one that an alias names", async () => {
    await aws.create("pruned", ECHO, { Publish: true });
    await aws.lambda.send(new CreateAliasCommand({ FunctionName: "pruned", Name: "a", FunctionVersion: "1" }));
    const remove = (Qualifier: string) =>
      aws.lambda.send(new DeleteFunctionCommand({ FunctionName: "pruned", Qualifier }));
    await expect(remove("$LATEST")).rejects.toThrow("$LATEST version cannot be deleted without deleting the function.");
    await expect(remove("1")).rejects.toMatchObject({ name: "ResourceConflictException" });
    await aws.lambda.send(new DeleteAliasCommand({ FunctionName: "pruned", Name: "a" }));
    await remove("1");
    await expect(aws.invoke("pruned", {}, { Qualifier: "1" })).rejects.toMatchObject({
      name: "ResourceNotFoundException",
    });
    expect((await aws.invoke("pruned")).version).toBe("$LATEST");
  });
});
