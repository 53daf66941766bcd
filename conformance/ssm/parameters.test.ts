import {
  AddTagsToResourceCommand,
  DeleteParametersCommand,
  DescribeParametersCommand,
  GetParameterCommand,
  GetParameterHistoryCommand,
  GetParametersByPathCommand,
  GetParametersCommand,
  LabelParameterVersionCommand,
  ListTagsForResourceCommand,
  type ParameterStringFilter,
  PutParameterCommand,
  type PutParameterCommandInput,
  RemoveTagsFromResourceCommand,
  SSMClient,
  UnlabelParameterVersionCommand,
} from "@aws-sdk/client-ssm";
import type { ClientConfig } from "../../emulator/index.ts";
import { inSession, useDataDirectory } from "../data-directory.ts";
import { useClient, useTarget } from "../target.ts";

const target = useTarget({ manualClock: true });
const ssm = useClient(new SSMClient(target.clientConfig()));

const put = (Name: string, Value: string, more: Partial<PutParameterCommandInput> = {}) =>
  ssm.send(new PutParameterCommand({ Name, Value, Type: "String", ...more }));
const get = async (Name: string, WithDecryption?: boolean) =>
  (await ssm.send(new GetParameterCommand({ Name, WithDecryption }))).Parameter;

describe("PutParameter", () => {
  describe("validation", () => {
    it.each([
      ["aws-name", {}, 'Parameter name: can\'t be prefixed with "aws" or "ssm" (case-insensitive).'],
      ["a/b", {}, "Parameter name must be a fully qualified name."],
      ["/no type", { Type: undefined }, /each sub-path can be formed as a mix of letters/],
      ["untyped", { Type: undefined }, "A parameter type is required when you create a parameter."],
      [
        "typed",
        { DataType: "Text" },
        "The following data type is not supported: Text (Data type names are all lowercase.)",
      ],
      [
        "large",
        { Value: "v".repeat(4097) },
        /^Standard tier parameters support a maximum parameter value of 4096 characters/,
      ],
      [
        "nested",
        { Value: "{{ssm:other}}" },
        'Parameter value can\'t nest another parameter. Do not use "{{}}" in the value.',
      ],
    ])("refuses the parameter %s", async (name, more, message) => {
      await expect(put(name, "v", more)).rejects.toMatchObject({
        name: "ValidationException",
        message: expect.stringMatching(typeof message === "string" ? escape(message) : message),
      });
    });

    it("refuses AWS's names, a deep hierarchy, and a value that the pattern does not allow", async () => {
      await expect(put("/aws/a", "v")).rejects.toMatchObject({
        name: "AccessDeniedException",
        message: "No access to reserved parameter name: /aws/a.",
      });
      await expect(put("/a".repeat(16), "v")).rejects.toMatchObject({ name: "HierarchyLevelLimitExceededException" });
      await expect(put("digits", "x1", { AllowedPattern: "^\\d+$" })).rejects.toMatchObject({
        name: "ParameterPatternMismatchException",
      });
    });

    it("refuses by name what is not supported", async () => {
      await expect(put("image", "ami-1", { DataType: "aws:ec2:image" })).rejects.toMatchObject({
        name: "NotImplemented",
        message: "The data type aws:ec2:image of a parameter is not supported by Headwater.",
      });
      await expect(get("/aws/service/ami-amazon-linux-latest/al2023")).rejects.toMatchObject({
        name: "NotImplemented",
      });
    });
  });

  describe("behaviour", () => {
    it("makes a version of each overwrite, and refuses a second parameter of the name", async () => {
      expect(await put("/app/url", "one", { Description: "d" })).toMatchObject({ Version: 1, Tier: "Standard" });
      await expect(put("/app/url", "two")).rejects.toMatchObject({
        name: "ParameterAlreadyExists",
        message:
          "The parameter already exists. To overwrite this value, set the overwrite option in the request to true.",
      });
      expect(await put("/app/url", "two", { Overwrite: true })).toMatchObject({ Version: 2 });
      await expect(put("/app/url", "x", { Overwrite: true, Type: "SecureString" })).rejects.toMatchObject({
        name: "HierarchyTypeMismatchException",
      });
      expect(await get("/app/url")).toEqual({
        Name: "/app/url",
        Type: "String",
        Value: "two",
        Version: 2,
        LastModifiedDate: expect.any(Date),
        ARN: "arn:aws:ssm:us-east-1:000000000000:parameter/app/url",
        DataType: "text",
      });
    });

    it("keeps a hundred versions, and not fewer when the oldest has a label", async () => {
      await put("many", "0");
      for (let version = 2; version <= 101; version++) await put("many", `${version}`, { Overwrite: true });
      await expect(get("many:1")).rejects.toMatchObject({ name: "ParameterVersionNotFound" });
      await ssm.send(new LabelParameterVersionCommand({ Name: "many", ParameterVersion: 2, Labels: ["keep"] }));
      await expect(put("many", "x", { Overwrite: true })).rejects.toMatchObject({
        name: "ParameterMaxVersionLimitExceeded",
      });
    });

    it("takes larger values at the advanced tier, from which there is no way back", async () => {
      expect(await put("big", "v".repeat(5000), { Tier: "Intelligent-Tiering" })).toMatchObject({ Tier: "Advanced" });
      await expect(put("big", "v", { Overwrite: true, Tier: "Standard" })).rejects.toMatchObject({
        message: expect.stringContaining("You can't downgrade a parameter"),
      });
    });
  });
});

const escape = (text: string): RegExp => new RegExp(`^${text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")}$`);

describe("GetParameter", () => {
  it("finds a parameter by name, by ARN, by version and by label", async () => {
    await put("plain", "1");
    await put("plain", "2", { Overwrite: true });
    await ssm.send(new LabelParameterVersionCommand({ Name: "plain", ParameterVersion: 1, Labels: ["stable"] }));
    expect((await get("arn:aws:ssm:us-east-1:000000000000:parameter/plain"))?.Value).toBe("2");
    expect(await get("plain:1")).toMatchObject({ Value: "1", Selector: ":1" });
    expect(await get("plain:stable")).toMatchObject({ Value: "1", Selector: ":stable" });
    await expect(get("plain:3")).rejects.toMatchObject({
      name: "ParameterVersionNotFound",
      message: "Systems Manager could not find version 3 of plain. Verify the version and try again.",
    });
    await expect(get("nothing")).rejects.toMatchObject({ name: "ParameterNotFound" });
  });

  it("shows a SecureString only with decryption", async () => {
    await put("/secret", "hunter2", { Type: "SecureString" });
    const closed = await get("/secret");
    expect(closed?.Value).not.toContain("hunter2");
    expect((await get("/secret", true))?.Value).toBe("hunter2");
    const { Parameters } = await ssm.send(
      new DescribeParametersCommand({ ParameterFilters: [{ Key: "KeyId", Values: ["alias/aws/ssm"] }] }),
    );
    expect(Parameters?.map(({ Name, KeyId }) => [Name, KeyId])).toEqual([["/secret", "alias/aws/ssm"]]);
  });
});

describe("GetParameters and DeleteParameters", () => {
  it("tell apart the names that nothing has", async () => {
    await put("one", "1");
    const got = await ssm.send(new GetParametersCommand({ Names: ["one", "none", "one:9"] }));
    expect([got.Parameters?.map(({ Name }) => Name), got.InvalidParameters]).toEqual([["one"], ["none", "one:9"]]);
    const deleted = await ssm.send(new DeleteParametersCommand({ Names: ["one", "none"] }));
    expect(deleted).toMatchObject({ DeletedParameters: ["one"], InvalidParameters: ["none"] });
  });
});

describe("GetParametersByPath", () => {
  const byPath = async (Path: string, Recursive = false, ParameterFilters?: ParameterStringFilter[]) =>
    (await ssm.send(new GetParametersByPathCommand({ Path, Recursive, ParameterFilters }))).Parameters?.map(
      ({ Name }) => Name,
    );

  beforeAll(async () => {
    for (const name of ["/tree/a", "/tree/b/c", "/tree/b/d", "/treetop"]) await put(name, name);
    await put("/tree/list", "x,y", { Type: "StringList" });
  });

  it("answers what is right below the path, or everything below it", async () => {
    expect(await byPath("/tree")).toEqual(["/tree/a", "/tree/list"]);
    expect(await byPath("/tree/", true)).toEqual(["/tree/a", "/tree/b/c", "/tree/b/d", "/tree/list"]);
    expect(await byPath("/tree", true, [{ Key: "Type", Values: ["StringList"] }])).toEqual(["/tree/list"]);
  });

  it("pages, and refuses a path that does not begin with a slash and filters that it has not", async () => {
    const names: (string | undefined)[] = [];
    let NextToken: string | undefined;
    do {
      const answer = await ssm.send(
        new GetParametersByPathCommand({ Path: "/tree", Recursive: true, MaxResults: 3, NextToken }),
      );
      names.push(...(answer.Parameters ?? []).map(({ Name }) => Name));
      ({ NextToken } = answer);
    } while (NextToken !== undefined);
    expect(names).toEqual(["/tree/a", "/tree/b/c", "/tree/b/d", "/tree/list"]);
    await expect(byPath("tree")).rejects.toMatchObject({ name: "ValidationException" });
    await expect(byPath("/tree", false, [{ Key: "Name", Values: ["a"] }])).rejects.toMatchObject({
      name: "InvalidFilterKey",
    });
  });
});

describe("DescribeParameters", () => {
  it("filters by beginning, path, tier and tag", async () => {
    await put("/shop/db", "1", { Tags: [{ Key: "team", Value: "data" }] });
    await put("/shop/web", "2");
    const names = async (filter: ParameterStringFilter) =>
      (await ssm.send(new DescribeParametersCommand({ ParameterFilters: [filter] }))).Parameters?.map(
        ({ Name }) => Name,
      );
    expect(await names({ Key: "Name", Option: "BeginsWith", Values: ["/shop"] })).toEqual(["/shop/db", "/shop/web"]);
    expect(await names({ Key: "Path", Option: "OneLevel", Values: ["/shop"] })).toEqual(["/shop/db", "/shop/web"]);
    expect(await names({ Key: "tag:team", Values: ["data"] })).toEqual(["/shop/db"]);
    await expect(names({ Key: "Type", Option: "Recursive", Values: ["String"] })).rejects.toMatchObject({
      name: "InvalidFilterOption",
    });
  });
});

describe("labels", () => {
  it("move to the version that gets them, and go from the history", async () => {
    await put("labelled", "1");
    await put("labelled", "2", { Overwrite: true });
    const label = (ParameterVersion: number, ...Labels: string[]) =>
      ssm.send(new LabelParameterVersionCommand({ Name: "labelled", ParameterVersion, Labels }));
    expect(await label(1, "prod", "1st")).toMatchObject({ InvalidLabels: ["1st"], ParameterVersion: 1 });
    await label(2, "prod");
    const labels = async () =>
      (await ssm.send(new GetParameterHistoryCommand({ Name: "labelled" }))).Parameters?.map((each) => each.Labels);
    expect(await labels()).toEqual([[], ["prod"]]);
    const removed = await ssm.send(
      new UnlabelParameterVersionCommand({ Name: "labelled", ParameterVersion: 2, Labels: ["prod", "none"] }),
    );
    expect(removed).toMatchObject({ RemovedLabels: ["prod"], InvalidLabels: ["none"] });
    expect(await labels()).toEqual([[], []]);
  });
});

describe("tags", () => {
  it("are added, listed and removed", async () => {
    await put("tagged", "1", { Tags: [{ Key: "a", Value: "1" }] });
    const resource = { ResourceType: "Parameter", ResourceId: "tagged" } as const;
    await ssm.send(new AddTagsToResourceCommand({ ...resource, Tags: [{ Key: "b", Value: "2" }] }));
    await ssm.send(new RemoveTagsFromResourceCommand({ ...resource, TagKeys: ["a"] }));
    const { TagList } = await ssm.send(new ListTagsForResourceCommand(resource));
    expect(TagList).toEqual([{ Key: "b", Value: "2" }]);
    await expect(
      ssm.send(new ListTagsForResourceCommand({ ResourceType: "Parameter", ResourceId: "nobody" })),
    ).rejects.toMatchObject({ name: "InvalidResourceId" });
  });
});

describe("a restart", () => {
  const dataDirectory = useDataDirectory();

  it("keeps parameters and can still decrypt them", async () => {
    const input = { Name: "/kept", Value: "secret", Type: "SecureString" } as const;
    const options = { dataDirectory: dataDirectory() };
    const clientOf = (config: ClientConfig) => new SSMClient(config);
    await inSession(options, clientOf, (client) => client.send(new PutParameterCommand(input)));
    const { Parameter } = await inSession(options, clientOf, (client) =>
      client.send(new GetParameterCommand({ Name: "/kept", WithDecryption: true })),
    );
    expect(Parameter).toMatchObject({ Value: "secret", Version: 1 });
  });
});
