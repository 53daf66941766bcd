import { PutRolePermissionsBoundaryCommand, CreatePolicyCommand } from "@aws-sdk/client-iam";
import { CreateQueueCommand, SendMessageCommand, SetQueueAttributesCommand, SQSClient } from "@aws-sdk/client-sqs";
import { outcome, policyOf, RoleFixture, roleArn, sessionArn, type Statement, uniqueName } from "./fixture.ts";
import { useClient } from "../target.ts";

const fixture = new RoleFixture();
const root = useClient(new SQSClient(fixture.target.clientConfig()));

const ALLOW = { Effect: "Allow", Action: "sqs:SendMessage", Resource: "*" } as const;
const DENY = { ...ALLOW, Effect: "Deny" } as const;
const OTHER = { ...ALLOW, Action: "sqs:ReceiveMessage" } as const;

type Kind = "allow" | "deny" | "silent" | "none";
const STATEMENT: Readonly<Record<Exclude<Kind, "none">, Statement>> = { allow: ALLOW, deny: DENY, silent: OTHER };

/** Whom the queue's policy names. */
type Resource = "none" | "role" | "session" | "deny";

async function send(identity: Kind, boundary: Kind, session: Kind, resource: Resource): Promise<string> {
  const name = await fixture.role(uniqueName("logic"), identity === "none" ? [] : [STATEMENT[identity]]);
  if (boundary !== "none") {
    const { Policy } = await fixture.iam.send(
      new CreatePolicyCommand({ PolicyName: name, PolicyDocument: policyOf(STATEMENT[boundary]) }),
    );
    await fixture.iam.send(
      new PutRolePermissionsBoundaryCommand({ RoleName: name, PermissionsBoundary: Policy?.Arn ?? "" }),
    );
  }
  const { QueueUrl } = await root.send(new CreateQueueCommand({ QueueName: name }));
  if (resource !== "none") {
    const AWS = resource === "session" ? sessionArn(name) : roleArn(name);
    const statement = { ...(resource === "deny" ? DENY : ALLOW), Principal: { AWS } };
    await root.send(new SetQueueAttributesCommand({ QueueUrl, Attributes: { Policy: policyOf(statement) } }));
  }
  const sqs = new SQSClient(
    await fixture.session(name, session === "none" ? {} : { Policy: policyOf(STATEMENT[session]) }),
  );
  const result = await outcome(sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: "x" })));
  sqs.destroy();
  return /(no|explicit deny in an?) ([a-z-]+ (?:policy|boundary))/.exec(result)?.slice(1).join(" ") ?? result;
}

/** @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-basics-single-account.html */
describe("a request within an account", () => {
  const NO_IDENTITY = "no identity-based policy";
  const NO_BOUNDARY = "no permissions boundary";
  const NO_SESSION = "no session policy";
  it.each<[Kind, Kind, Kind, Resource, string]>([
    // the role's policy alone, limited by boundary and session
    ["allow", "none", "none", "none", "allowed"],
    ["silent", "none", "none", "none", NO_IDENTITY],
    ["allow", "allow", "none", "none", "allowed"],
    ["allow", "silent", "none", "none", NO_BOUNDARY],
    ["silent", "allow", "none", "none", NO_IDENTITY],
    ["allow", "none", "silent", "none", NO_SESSION],
    ["silent", "none", "allow", "none", NO_IDENTITY],
    ["allow", "allow", "allow", "none", "allowed"],
    ["allow", "allow", "silent", "none", NO_SESSION],
    ["allow", "silent", "allow", "none", NO_BOUNDARY],
    // a resource's policy that names the role: boundary and session limit it
    ["none", "none", "none", "role", "allowed"],
    ["none", "allow", "allow", "role", "allowed"],
    ["none", "silent", "none", "role", NO_BOUNDARY],
    ["none", "none", "silent", "role", NO_SESSION],
    // that names the session: they do not, unless they deny
    ["none", "none", "none", "session", "allowed"],
    ["none", "silent", "silent", "session", "allowed"],
    ["none", "deny", "none", "session", "explicit deny in a permissions boundary"],
    ["none", "none", "deny", "session", "explicit deny in a session policy"],
    ["deny", "none", "none", "session", "explicit deny in an identity-based policy"],
    // a deny anywhere ends it
    ["deny", "allow", "allow", "role", "explicit deny in an identity-based policy"],
    ["allow", "deny", "allow", "role", "explicit deny in a permissions boundary"],
    ["allow", "allow", "deny", "role", "explicit deny in a session policy"],
    ["allow", "allow", "allow", "deny", "explicit deny in a resource-based policy"],
  ])("role %s, boundary %s, session %s, queue %s: %s", async (identity, boundary, session, resource, expected) => {
    expect(await send(identity, boundary, session, resource)).toBe(expected);
  });
});
