import {
  APIGatewayClient,
  CreateResourceCommand,
  CreateRestApiCommand,
  DeleteResourceCommand,
  DeleteRestApiCommand,
  GetResourcesCommand,
  GetRestApiCommand,
  GetRestApisCommand,
  GetTagsCommand,
  TagResourceCommand,
  UntagResourceCommand,
  UpdateResourceCommand,
  UpdateRestApiCommand,
  type PatchOperation,
} from "@aws-sdk/client-api-gateway";
import { useClient, useTarget } from "../target.ts";

const target = useTarget();
const gateway = useClient(new APIGatewayClient(target.clientConfig()));

const create = (input: Partial<ConstructorParameters<typeof CreateRestApiCommand>[0]> = {}) =>
  gateway.send(new CreateRestApiCommand({ name: "shop", ...input }));

const patch = async (restApiId: string | undefined, ...patchOperations: PatchOperation[]) =>
  gateway.send(new UpdateRestApiCommand({ restApiId, patchOperations }));

const addResource = (restApiId: string | undefined, parentId: string | undefined, pathPart: string) =>
  gateway.send(new CreateResourceCommand({ restApiId, parentId, pathPart }));

describe("CreateRestApi", () => {
  describe("behaviour", () => {
    it("answers AWS's defaults, an id of ten characters and a root resource", async () => {
      const api = await create();
      expect(api).toMatchObject({
        id: expect.stringMatching(/^[a-z0-9]{10}$/),
        apiKeySource: "HEADER",
        disableExecuteApiEndpoint: false,
        endpointConfiguration: { types: ["EDGE"], ipAddressType: "ipv4" },
        rootResourceId: expect.stringMatching(/^[a-z0-9]{10}$/),
        createdDate: expect.any(Date),
      });
      expect(api).not.toHaveProperty("tags");
      const { items } = await gateway.send(new GetResourcesCommand({ restApiId: api.id }));
      expect(items).toEqual([{ id: api.rootResourceId, path: "/" }]);
    });

    it("keeps every setting that it is given", async () => {
      const given = {
        description: "orders",
        version: "v1",
        binaryMediaTypes: ["image/png"],
        minimumCompressionSize: 0,
        apiKeySource: "AUTHORIZER",
        endpointConfiguration: { types: ["REGIONAL" as const] },
        tags: { team: "a" },
        disableExecuteApiEndpoint: true,
      } as const;
      const { id } = await create({
        ...given,
        binaryMediaTypes: [...given.binaryMediaTypes],
        endpointConfiguration: { types: ["REGIONAL"] },
        policy: '{"Version": "2012-10-17", "Statement": []}',
      });
      const api = await gateway.send(new GetRestApiCommand({ restApiId: id }));
      expect(api).toMatchObject(given);
      // AWS answers the document as the inside of a JSON string
      expect(api.policy).toBe('{\\"Version\\":\\"2012-10-17\\",\\"Statement\\":[]}');
    });
  });

  describe("validation", () => {
    it.each([
      [{ description: "" }, "BadRequestException", "Description cannot be an empty string"],
      [
        { minimumCompressionSize: 10_485_761 },
        "BadRequestException",
        "Invalid minimum compression size, must be between 0 and 10485760",
      ],
      [
        { endpointConfiguration: { types: [] } },
        "BadRequestException",
        "REGIONAL Configuration and EDGE Configuration cannot be both DISABLED.",
      ],
      [
        { policy: "{" },
        "BadRequestException",
        "Invalid policy document. Please check the policy syntax and ensure that Principals are valid.",
      ],
      [
        { policy: '{"Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}' },
        "BadRequestException",
        "Invalid policy document. Please check the policy syntax and ensure that Principals are valid.",
      ],
      [
        { endpointConfiguration: { types: ["PRIVATE" as const] } },
        "NotImplemented",
        "The endpoint type PRIVATE of a REST API is not supported by Headwater.",
      ],
      [{ cloneFrom: "abc" }, "NotImplemented", "cloneFrom of CreateRestApi is not supported by Headwater."],
    ])("refuses %j", async (input, name, message) => {
      await expect(create(input)).rejects.toMatchObject({ name, message });
    });
  });
});

describe("GetRestApi", () => {
  it("names account and id of an API that is not there", async () => {
    await expect(gateway.send(new GetRestApiCommand({ restApiId: "nothere123" }))).rejects.toMatchObject({
      name: "NotFoundException",
      message: "Invalid API identifier specified 000000000000:nothere123",
      $metadata: { httpStatusCode: 404 },
    });
  });
});

describe("GetRestApis", () => {
  it("pages through the APIs by position", async () => {
    await create();
    await create();
    const first = await gateway.send(new GetRestApisCommand({ limit: 1 }));
    const second = await gateway.send(new GetRestApisCommand({ limit: 1, position: first.position }));
    expect(first.items).toHaveLength(1);
    expect(second.items?.[0]?.id).not.toBe(first.items?.[0]?.id);
    await expect(gateway.send(new GetRestApisCommand({ position: "bm93aGVyZQ" }))).rejects.toThrow("Invalid position");
  });
});

describe("UpdateRestApi", () => {
  describe("behaviour", () => {
    it("adds, replaces and removes binary media types", async () => {
      const { id } = await create();
      const types = async (...operations: PatchOperation[]) => (await patch(id, ...operations)).binaryMediaTypes;
      expect(
        await types(
          { op: "add", path: "/binaryMediaTypes/image~1png" },
          { op: "add", path: "/binaryMediaTypes/image~1jpeg" },
        ),
      ).toEqual(["image/png", "image/jpeg"]);
      expect(await types({ op: "replace", path: "/binaryMediaTypes/image~1png", value: "image/gif" })).toEqual([
        "image/jpeg",
        "image/gif",
      ]);
      expect(await types({ op: "remove", path: "/binaryMediaTypes/image~1gif" })).toEqual(["image/jpeg"]);
    });

    it("changes nothing when one of the operations is refused", async () => {
      const { id } = await create();
      await expect(
        patch(id, { op: "replace", path: "/name", value: "other" }, { op: "replace", path: "/nothing", value: "" }),
      ).rejects.toThrow("Invalid patch path /nothing");
      expect(await gateway.send(new GetRestApiCommand({ restApiId: id }))).toMatchObject({ name: "shop" });
    });

    it("takes the description and the compression away", async () => {
      const { id } = await create({ description: "orders", minimumCompressionSize: 10 });
      const api = await patch(
        id,
        { op: "remove", path: "/description" },
        { op: "replace", path: "/minimumCompressionSize" },
      );
      expect(api).not.toHaveProperty("description");
      expect(api).not.toHaveProperty("minimumCompressionSize");
      expect(api.tags).toEqual({});
    });
  });

  describe("validation", () => {
    it.each<[PatchOperation, string]>([
      [
        { op: "add", path: "/minimumCompressionSize", value: "1" },
        "Invalid patch operation specified. Must be one of: [replace]",
      ],
      [
        { op: "replace", path: "/minimumCompressionSize", value: "big" },
        "Invalid minimum compression size, must be between 0 and 10485760",
      ],
      [{ op: "add", path: "/binaryMediaTypes", value: "a/b" }, "Invalid patch path /binaryMediaTypes"],
      [
        { op: "replace", path: "/endpointConfiguration/ipAddressType", value: "ipv6" },
        "ipAddressType must be either ipv4 or dualstack.",
      ],
      [
        { op: "replace", path: "/endpointConfiguration/types/EDGE", value: "MOON" },
        "Invalid EndpointTypes specified. Valid options are REGIONAL,EDGE,PRIVATE",
      ],
    ])("refuses %j", async (operation, message) => {
      const { id } = await create();
      await expect(patch(id, operation)).rejects.toMatchObject({ name: "BadRequestException", message });
    });

    it("refuses an operation that there is not", async () => {
      const { id } = await create();
      await expect(patch(id, { op: "put" as "add", path: "/name" })).rejects.toMatchObject({
        name: "ValidationException",
      });
    });
  });
});

describe("DeleteRestApi", () => {
  it("removes the API for good", async () => {
    const { id } = await create();
    const answer = await gateway.send(new DeleteRestApiCommand({ restApiId: id }));
    expect(answer.$metadata.httpStatusCode).toBe(202);
    await expect(gateway.send(new GetRestApiCommand({ restApiId: id }))).rejects.toThrow(`000000000000:${id}`);
  });
});

describe("CreateResource", () => {
  it("puts a resource below its parent, with an id of six characters", async () => {
    const { id, rootResourceId } = await create();
    const pets = await addResource(id, rootResourceId, "pets");
    const pet = await addResource(id, pets.id, "{petId}");
    expect(pets.id).toMatch(/^[a-z0-9]{6}$/);
    expect(pet).toMatchObject({ parentId: pets.id, pathPart: "{petId}", path: "/pets/{petId}" });
  });

  it.each([
    ["pets", "ConflictException", "Another resource with the same parent already has this name: pets"],
    [
      "{other}",
      "BadRequestException",
      "A sibling ({proxy+}) of this resource already has a variable path part -- only one is allowed",
    ],
    [
      "a b",
      "BadRequestException",
      "Resource's path part only allow a-zA-Z0-9._-: or a valid greedy path variable and curly braces at the beginning and the end.",
    ],
  ])("refuses %s beside pets and {proxy+}", async (part, name, message) => {
    const { id, rootResourceId } = await create();
    await addResource(id, rootResourceId, "pets");
    await addResource(id, rootResourceId, "{proxy+}");
    await expect(addResource(id, rootResourceId, part)).rejects.toMatchObject({ name, message });
  });

  it("refuses a child of a greedy variable, and a parent that is not there", async () => {
    const { id, rootResourceId } = await create();
    const proxy = await addResource(id, rootResourceId, "{proxy+}");
    await expect(addResource(id, proxy.id, "a")).rejects.toThrow(
      "Cannot create a child of a resource with a greedy path variable: {proxy+}",
    );
    await expect(addResource(id, "abcdef", "a")).rejects.toThrow("Invalid Resource identifier specified");
  });
});

describe("UpdateResource", () => {
  const update = (
    restApiId: string | undefined,
    resourceId: string | undefined,
    ...patchOperations: PatchOperation[]
  ) => gateway.send(new UpdateResourceCommand({ restApiId, resourceId, patchOperations }));

  it("moves what is below a resource along with it", async () => {
    const { id, rootResourceId } = await create();
    const pets = await addResource(id, rootResourceId, "pets");
    await addResource(id, pets.id, "{petId}");
    await update(id, pets.id, { op: "replace", path: "/pathPart", value: "dogs" });
    const { items } = await gateway.send(new GetResourcesCommand({ restApiId: id }));
    expect(items?.map(({ path }) => path)).toEqual(["/", "/dogs", "/dogs/{petId}"]);
  });

  it("refuses circles, the root and what a resource does not have", async () => {
    const { id, rootResourceId } = await create();
    const pets = await addResource(id, rootResourceId, "pets");
    const pet = await addResource(id, pets.id, "{petId}");
    await expect(update(id, pets.id, { op: "replace", path: "/parentId", value: pet.id })).rejects.toThrow(
      "Resources cannot be cyclical.",
    );
    await expect(update(id, rootResourceId, { op: "replace", path: "/pathPart", value: "a" })).rejects.toThrow(
      "Root resource cannot update its pathPart.",
    );
    await expect(update(id, pets.id, { op: "replace", path: "/invalid", value: "a" })).rejects.toThrow(
      "Invalid patch path  '/invalid' specified for op 'replace'. Must be one of: [/parentId, /pathPart]",
    );
    await expect(update(id, pets.id, { op: "remove", path: "/pathPart" })).rejects.toThrow(
      "Invalid patch path  '/pathPart' specified for op 'remove'. Please choose supported operations",
    );
  });
});

describe("DeleteResource", () => {
  it("deletes everything below too, but not the root", async () => {
    const { id, rootResourceId } = await create();
    const pets = await addResource(id, rootResourceId, "pets");
    await addResource(id, pets.id, "{petId}");
    await gateway.send(new DeleteResourceCommand({ restApiId: id, resourceId: pets.id }));
    const { items } = await gateway.send(new GetResourcesCommand({ restApiId: id }));
    expect(items?.map(({ path }) => path)).toEqual(["/"]);
    await expect(
      gateway.send(new DeleteResourceCommand({ restApiId: id, resourceId: rootResourceId })),
    ).rejects.toMatchObject({ name: "BadRequestException" });
  });
});

describe("TagResource", () => {
  it("adds and removes tags of an API by its ARN", async () => {
    const { id } = await create({ tags: { a: "1" } });
    const resourceArn = `arn:aws:apigateway:us-east-1::/restapis/${id}`;
    await gateway.send(new TagResourceCommand({ resourceArn, tags: { b: "2" } }));
    await gateway.send(new UntagResourceCommand({ resourceArn, tagKeys: ["a"] }));
    const { tags } = await gateway.send(new GetTagsCommand({ resourceArn }));
    expect(tags).toEqual({ b: "2" });
  });
});
