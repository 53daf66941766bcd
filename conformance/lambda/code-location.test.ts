import { GetFunctionCommand, PublishVersionCommand, UpdateFunctionCodeCommand } from "@aws-sdk/client-lambda";
import { LambdaFixture, zipOf } from "./fixture.ts";

const aws = new LambdaFixture({ manualClock: true });

const locationOf = async (FunctionName: string, Qualifier?: string) => {
  const { Code } = await aws.lambda.send(new GetFunctionCommand({ FunctionName, Qualifier }));
  return Code?.Location ?? "";
};

const refused = async (url: string, method = "GET") => {
  const response = await fetch(url, { method });
  return [response.status, /<Code>(.*)<\/Code>/.exec(await response.text())?.[1]];
};

describe("the location of a function's code", () => {
  it("is a URL that answers the zip as it was sent, whoever asks", async () => {
    const zip = zipOf("exports.handler = async () => 1;");
    await aws.create("located", {}, { Code: { ZipFile: zip } });
    const response = await fetch(await locationOf("located"));
    expect(response.status).toBe(200);
    expect(response.headers.get("content-type")).toBe("application/zip");
    expect(Buffer.from(await response.arrayBuffer())).toEqual(Buffer.from(zip));
  });

  it("is that of the version", async () => {
    const [first, second] = [zipOf("exports.handler = async () => 1;"), zipOf("exports.handler = async () => 22;")];
    await aws.create("versions", {}, { Code: { ZipFile: first } });
    await aws.lambda.send(new PublishVersionCommand({ FunctionName: "versions" }));
    await aws.lambda.send(new UpdateFunctionCodeCommand({ FunctionName: "versions", ZipFile: second }));
    const bytes = async (url: string) => Buffer.from(await (await fetch(url)).arrayBuffer());
    expect(await bytes(await locationOf("versions", "1"))).toEqual(Buffer.from(first));
    expect(await bytes(await locationOf("versions"))).toEqual(Buffer.from(second));
  });

  it("is good for ten minutes", async () => {
    await aws.create("expiring", "exports.handler = async () => 1;");
    const url = await locationOf("expiring");
    await aws.target.clock.advance(10 * 60_000 - 1);
    expect((await fetch(url)).status).toBe(200);
    await aws.target.clock.advance(1);
    expect(await refused(url)).toEqual([403, "AccessDenied"]);
  });

  it("cannot be made up, and not be written to", async () => {
    await aws.create("secret", "exports.handler = async () => 1;");
    const url = await locationOf("secret");
    const later = new URL(url);
    later.searchParams.set("Expires", String(Number(later.searchParams.get("Expires")) + 1));
    const unsigned = new URL(url);
    unsigned.search = "";
    for (const wrong of [later, unsigned]) {
      expect(await refused(wrong.href)).toEqual([403, "SignatureDoesNotMatch"]);
    }
    expect(await refused(url, "PUT")).toEqual([405, undefined]);
  });

  it("ends with code that is no longer there", async () => {
    await aws.create("replaced", "exports.handler = async () => 1;");
    const url = await locationOf("replaced");
    const ZipFile = zipOf("exports.handler = async () => 2;");
    await aws.lambda.send(new UpdateFunctionCodeCommand({ FunctionName: "replaced", ZipFile }));
    expect(await refused(url)).toEqual([404, "NoSuchKey"]);
  });
});
