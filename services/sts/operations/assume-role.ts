import { rootPrincipal } from "../../../emulator/gateway/authenticate.ts";
import { AwsError } from "../../../emulator/model/errors.ts";
import { notAuthorized, sessionTooLong } from "../errors.ts";
import type { Operation } from "../index.ts";

const ROLE_ARN = /^arn:aws:iam::(\d{12}):role\/(?:.*\/)?([^/]+)$/;
const DEFAULT_SECONDS = 3600;

/**
 * Answers temporary credentials of a role. Who may assume it is not evaluated yet: any caller may, if the role exists.
 * @throws AccessDenied for a role that does not exist, ValidationError for a session longer than the role allows
 * @see https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
 */
export const assumeRole: Operation<"AssumeRole"> = async (ctx, input) => {
  const [, account = "", name = ""] = ROLE_ARN.exec(input.RoleArn) ?? [];
  const denied = () => notAuthorized(ctx.principal.arn, input.RoleArn);
  if (account === "") throw denied();
  const role = await ctx
    .call("iam", "GetRole", { RoleName: name }, { principal: rootPrincipal(account) })
    .then(({ Role }) => Role)
    .catch((error: unknown) => {
      if (error instanceof AwsError && error.name === "NoSuchEntityException") return undefined;
      throw error;
    });
  if (role?.Arn !== input.RoleArn) throw denied();
  const seconds = input.DurationSeconds ?? DEFAULT_SECONDS;
  if (seconds > (role.MaxSessionDuration ?? DEFAULT_SECONDS)) throw sessionTooLong();

  const arn = `arn:aws:sts::${account}:assumed-role/${name}/${input.RoleSessionName}`;
  const userId = `${role.RoleId}:${input.RoleSessionName}`;
  const issued = ctx.credentials.issue({ type: "assumed-role", account, arn, roleArn: input.RoleArn, userId }, seconds);
  return {
    Credentials: {
      AccessKeyId: issued.accessKeyId,
      SecretAccessKey: issued.secretAccessKey,
      SessionToken: issued.sessionToken,
      Expiration: new Date(issued.expiration),
    },
    AssumedRoleUser: { AssumedRoleId: userId, Arn: arn },
    PackedPolicySize: 0,
  };
};
