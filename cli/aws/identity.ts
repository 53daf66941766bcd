import { IAMClient, ListAccountAliasesCommand } from "@aws-sdk/client-iam";
import { GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import { httpStatusOf } from "../errors.ts";
import { styled } from "../style.ts";
import type { Target } from "../targets/index.ts";

/** Who calls, and in whose account. */
export interface Identity {
  readonly account: string;
  readonly arn: string;
  /** The account's name for people, where it has one and the identity may see it. */
  readonly alias?: string;
}

export async function identify({ clientConfig }: Target): Promise<Identity> {
  const { Account, Arn } = await new STSClient(clientConfig).send(new GetCallerIdentityCommand());
  return { account: Account!, arn: Arn!, alias: await aliasOf(new IAMClient(clientConfig)) };
}

/** Shows the account that is about to be worked on. */
export async function showIdentity(target: Target): Promise<Identity> {
  const identity = await identify(target);
  const { account, arn, alias } = identity;
  const lines = [
    ["Account", alias === undefined ? account : `${account} (${alias})`],
    ["Region", target.clientConfig.region],
    ["Identity", arn],
    ["Credentials", target.account?.credentialsFrom],
    ["Endpoint", target.account?.standIn && `${target.account.standIn} (in place of AWS)`],
  ];
  for (const [name, value] of lines) {
    if (value !== undefined) process.stdout.write(`${styled("bold", name!.padEnd(11))}  ${value}\n`);
  }
  return identity;
}

/** To see an alias takes a right of its own (iam:ListAccountAliases), which is not needed for anything else. */
async function aliasOf(client: IAMClient): Promise<string | undefined> {
  try {
    const { AccountAliases: [alias] = [] } = await client.send(new ListAccountAliasesCommand());
    return alias;
  } catch (error) {
    if (httpStatusOf(error) === undefined) throw error;
    return undefined;
  }
}
