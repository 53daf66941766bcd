import {
  CreateRepositoryCommand,
  DeleteLifecyclePolicyCommand,
  DeleteRepositoryCommand,
  DeleteRepositoryPolicyCommand,
  DescribeImagesCommand,
  DescribeRepositoriesCommand,
  ECRClient,
  GetAuthorizationTokenCommand,
  GetLifecyclePolicyCommand,
  GetRepositoryPolicyCommand,
  ListImagesCommand,
  ListTagsForResourceCommand,
  PutImageScanningConfigurationCommand,
  PutImageTagMutabilityCommand,
  PutLifecyclePolicyCommand,
  SetRepositoryPolicyCommand,
  TagResourceCommand,
  UntagResourceCommand,
} from "@aws-sdk/client-ecr";
import { useClient, useTarget } from "../target.ts";

const target = useTarget();
const ecr = useClient(new ECRClient({ ...target.clientConfig(), maxAttempts: 1 }));

const create = async (repositoryName: string, more: object = {}) =>
  (await ecr.send(new CreateRepositoryCommand({ repositoryName, ...more }))).repository;

describe("CreateRepository", () => {
  describe("validation", () => {
    it("refuses a name that is taken or that no repository can have", async () => {
      await create("taken");
      await expect(create("taken")).rejects.toMatchObject({
        name: "RepositoryAlreadyExistsException",
        message: "The repository with name 'taken' already exists in the registry with id '000000000000'",
      });
      await expect(create("Upper")).rejects.toMatchObject({ name: "InvalidParameterException" });
      await expect(create("kms", { encryptionConfiguration: { encryptionType: "KMS" } })).rejects.toMatchObject({
        message: expect.stringContaining("KMS"),
      });
    });
  });

  describe("behaviour", () => {
    it("makes a repository that is found by its name until it is deleted", async () => {
      const made = await create("team/app", {
        imageTagMutability: "IMMUTABLE",
        imageScanningConfiguration: { scanOnPush: true },
      });
      expect(made).toMatchObject({
        repositoryArn: "arn:aws:ecr:us-east-1:000000000000:repository/team/app",
        repositoryUri: "000000000000.dkr.ecr.us-east-1.amazonaws.com/team/app",
        imageTagMutability: "IMMUTABLE",
        imageScanningConfiguration: { scanOnPush: true },
      });
      const find = async () =>
        (await ecr.send(new DescribeRepositoriesCommand({ repositoryNames: ["team/app"] }))).repositories;
      expect(await find()).toEqual([made]);
      await ecr.send(new DeleteRepositoryCommand({ repositoryName: "team/app" }));
      await expect(find()).rejects.toMatchObject({
        name: "RepositoryNotFoundException",
        message: "The repository with name 'team/app' does not exist in the registry with id '000000000000'",
      });
    });
  });
});

describe("DescribeRepositories", () => {
  it("answers all repositories page by page", async () => {
    for (const name of ["page-1", "page-2", "page-3"]) await create(name);
    const names: string[] = [];
    let nextToken: string | undefined;
    do {
      const page = await ecr.send(new DescribeRepositoriesCommand({ maxResults: 2, nextToken }));
      names.push(...(page.repositories ?? []).map(({ repositoryName = "" }) => repositoryName));
      nextToken = page.nextToken;
    } while (nextToken !== undefined);
    expect(names.filter((name) => name.startsWith("page-"))).toEqual(["page-1", "page-2", "page-3"]);
  });
});

describe("the settings of a repository", () => {
  const repositoryName = "settings";
  const resourceArn = "arn:aws:ecr:us-east-1:000000000000:repository/settings";

  beforeAll(() => create(repositoryName));

  it("can be changed", async () => {
    await ecr.send(new PutImageTagMutabilityCommand({ repositoryName, imageTagMutability: "IMMUTABLE" }));
    const scanning = { imageScanningConfiguration: { scanOnPush: true } };
    await ecr.send(new PutImageScanningConfigurationCommand({ repositoryName, ...scanning }));
    const { repositories } = await ecr.send(new DescribeRepositoriesCommand({ repositoryNames: [repositoryName] }));
    expect(repositories?.[0]).toMatchObject({ imageTagMutability: "IMMUTABLE", ...scanning });
  });

  it("keeps a policy to the letter, and refuses what is none", async () => {
    const Statement = [
      { Effect: "Allow", Principal: { Service: "lambda.amazonaws.com" }, Action: "ecr:BatchGetImage" },
    ];
    const policyText = JSON.stringify({ Version: "2012-10-17", Statement }, undefined, 1);
    const read = new GetRepositoryPolicyCommand({ repositoryName });
    await expect(ecr.send(read)).rejects.toMatchObject({ name: "RepositoryPolicyNotFoundException" });
    for (const wrong of [{ Effect: "Allow" }, { ...Statement[0], Condition: { ArnEqual: { a: "b" } } }]) {
      const set = new SetRepositoryPolicyCommand({ repositoryName, policyText: JSON.stringify({ Statement: wrong }) });
      await expect(ecr.send(set)).rejects.toMatchObject({
        name: "InvalidParameterException",
        message: "Invalid parameter at 'PolicyText' failed to satisfy constraint: 'Invalid repository policy provided'",
      });
    }
    await ecr.send(new SetRepositoryPolicyCommand({ repositoryName, policyText }));
    expect((await ecr.send(read)).policyText).toBe(policyText);
    expect((await ecr.send(new DeleteRepositoryPolicyCommand({ repositoryName }))).policyText).toBe(policyText);
  });

  it("keeps a lifecycle policy to the letter, and refuses what is none", async () => {
    const rule = {
      rulePriority: 1,
      description: "Untagged images should not exist, but expire any older than one year",
      selection: { tagStatus: "untagged", countType: "sinceImagePushed", countUnit: "days", countNumber: 365 },
      action: { type: "expire" },
    };
    const put = (rules: object[]) =>
      ecr.send(new PutLifecyclePolicyCommand({ repositoryName, lifecyclePolicyText: JSON.stringify({ rules }) }));
    await expect(put([rule, rule])).rejects.toMatchObject({
      name: "InvalidParameterException",
      message: expect.stringContaining("Lifecycle policy validation failure"),
    });
    await put([rule]);
    const read = await ecr.send(new GetLifecyclePolicyCommand({ repositoryName }));
    expect(JSON.parse(read.lifecyclePolicyText ?? "")).toEqual({ rules: [rule] });
    await ecr.send(new DeleteLifecyclePolicyCommand({ repositoryName }));
    await expect(ecr.send(new GetLifecyclePolicyCommand({ repositoryName }))).rejects.toMatchObject({
      name: "LifecyclePolicyNotFoundException",
    });
  });

  it("has tags", async () => {
    await ecr.send(
      new TagResourceCommand({
        resourceArn,
        tags: [
          { Key: "a", Value: "1" },
          { Key: "b", Value: "2" },
        ],
      }),
    );
    await ecr.send(new UntagResourceCommand({ resourceArn, tagKeys: ["a", "none"] }));
    const { tags } = await ecr.send(new ListTagsForResourceCommand({ resourceArn }));
    expect(tags).toEqual([{ Key: "b", Value: "2" }]);
  });

  it("has no images, and the registry is refused by name", async () => {
    expect((await ecr.send(new ListImagesCommand({ repositoryName }))).imageIds).toEqual([]);
    expect((await ecr.send(new DescribeImagesCommand({ repositoryName }))).imageDetails).toEqual([]);
    const one = new DescribeImagesCommand({ repositoryName, imageIds: [{ imageTag: "v1" }] });
    await expect(ecr.send(one)).rejects.toMatchObject({
      name: "ImageNotFoundException",
      message: expect.stringContaining("{imageDigest:'null', imageTag:'v1'}"),
    });
    await expect(ecr.send(new GetAuthorizationTokenCommand({}))).rejects.toMatchObject({
      message: expect.stringContaining("GetAuthorizationToken"),
    });
  });
});
