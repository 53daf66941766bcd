import { CreateRoleCommand, IAMClient, PutRolePolicyCommand } from "@aws-sdk/client-iam";
import { CreateFunctionCommand, LambdaClient } from "@aws-sdk/client-lambda";
import AdmZip from "adm-zip";

/** What the SDK's clients need to reach an emulator. */
export const clientConfig = (port: number) => ({
  endpoint: `http://127.0.0.1:${port}`,
  region: "us-east-1",
  credentials: { accessKeyId: "test", secretAccessKey: "test" },
});

export type Config = ReturnType<typeof clientConfig>;

/** A role of a service that may do everything; its ARN. */
export async function makeRole(config: Config, name: string, service: string): Promise<string> {
  const iam = new IAMClient(config);
  const document = (statement: object) => JSON.stringify({ Version: "2012-10-17", Statement: statement });
  const trust = document({ Effect: "Allow", Principal: { Service: service }, Action: "sts:AssumeRole" });
  const permissions = document({ Effect: "Allow", Action: "*", Resource: "*" });
  const { Role } = await iam.send(new CreateRoleCommand({ RoleName: name, AssumeRolePolicyDocument: trust }));
  await iam.send(new PutRolePolicyCommand({ RoleName: name, PolicyName: "all", PolicyDocument: permissions }));
  iam.destroy();
  return Role!.Arn!;
}

/** A function of one CommonJS file; its ARN. */
export async function makeFunction(config: Config, name: string, role: string, source: string): Promise<string> {
  const zip = new AdmZip();
  zip.addFile("index.js", Buffer.from(source));
  const lambda = new LambdaClient(config);
  const { FunctionArn } = await lambda.send(
    new CreateFunctionCommand({
      FunctionName: name,
      Runtime: "nodejs22.x",
      Handler: "index.handler",
      Role: role,
      Code: { ZipFile: zip.toBuffer() },
      Timeout: 60,
    }),
  );
  lambda.destroy();
  return FunctionArn!;
}
