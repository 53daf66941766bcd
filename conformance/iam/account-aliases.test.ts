import {
  CreateAccountAliasCommand,
  DeleteAccountAliasCommand,
  IAMClient,
  ListAccountAliasesCommand,
} from "@aws-sdk/client-iam";
import { useClient, useTarget } from "../target.ts";

const target = useTarget();

/** An access key of 12 digits is that of an account. */
const ofAccount = (account: string) =>
  useClient(
    new IAMClient({ ...target.clientConfig(), credentials: { accessKeyId: account, secretAccessKey: "test" } }),
  );
const one = ofAccount("111111111111");
const other = ofAccount("222222222222");

const create = (iam: IAMClient, AccountAlias: string) => iam.send(new CreateAccountAliasCommand({ AccountAlias }));
const remove = (iam: IAMClient, AccountAlias: string) => iam.send(new DeleteAccountAliasCommand({ AccountAlias }));
const aliases = async (iam: IAMClient) => {
  const { AccountAliases, IsTruncated } = await iam.send(new ListAccountAliasesCommand());
  return { AccountAliases, IsTruncated };
};

describe("CreateAccountAlias", () => {
  it("names the pattern that an alias breaks", async () => {
    await expect(create(one, "two--hyphens")).rejects.toMatchObject({
      name: "ValidationError",
      message: expect.stringContaining("Value 'two--hyphens' at 'accountAlias' failed to satisfy constraint"),
    });
  });

  it("replaces the alias that the account had, and belongs to one account", async () => {
    expect(await aliases(one)).toEqual({ AccountAliases: [], IsTruncated: false });
    await create(one, "river-bed");
    await create(one, "river-bank");
    expect(await aliases(one)).toEqual({ AccountAliases: ["river-bank"], IsTruncated: false });
    await expect(create(other, "river-bank")).rejects.toMatchObject({
      name: "EntityAlreadyExistsException",
      message: "The account alias river-bank already exists.",
    });
    await create(other, "river-bed");
    expect(await aliases(other)).toMatchObject({ AccountAliases: ["river-bed"] });
  });
});

describe("DeleteAccountAlias", () => {
  it("takes the alias away, which another account may then have; of one that is not there it says so", async () => {
    await create(one, "delta");
    await expect(remove(other, "delta")).rejects.toMatchObject({ name: "NoSuchEntityException" });
    await remove(one, "delta");
    expect(await aliases(one)).toMatchObject({ AccountAliases: [] });
    await expect(remove(one, "delta")).rejects.toMatchObject({ name: "NoSuchEntityException" });
    await create(other, "delta");
  });
});
