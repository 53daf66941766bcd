import { GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import { openTarget } from "../target.ts";

describe("GetCallerIdentity", () => {
  it("names the root user of the default account, or of the account that the access key is", async () => {
    await using target = await openTarget();
    const sts = new STSClient(target.clientConfig());
    expect(await sts.send(new GetCallerIdentityCommand({}))).toMatchObject({
      Account: "000000000000",
      Arn: "arn:aws:iam::000000000000:root",
    });
    const other = new STSClient({
      ...target.clientConfig(),
      credentials: { accessKeyId: "123456789012", secretAccessKey: "x" },
    });
    expect((await other.send(new GetCallerIdentityCommand({}))).Account).toBe("123456789012");
  });
});
