import { readFileSync } from "node:fs";
import { join } from "node:path";
import { CloudFormationClient, CreateStackCommand, waitUntilStackCreateComplete } from "@aws-sdk/client-cloudformation";
import { CreateBucketCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import AdmZip from "adm-zip";
import { buildSync } from "esbuild";
import { emulator } from "headwater/jest";

const PROJECT = join(__dirname, "..");
const CODE = { CodeBucket: "code", CodeKey: "handler.zip" };

/** Deploys the project's template with its handler. @returns the stack's outputs */
export async function deploy(parameters: Record<string, string> = {}): Promise<Record<string, string>> {
  const s3 = new S3Client();
  await s3.send(new CreateBucketCommand({ Bucket: CODE.CodeBucket }));
  await s3.send(new PutObjectCommand({ Bucket: CODE.CodeBucket, Key: CODE.CodeKey, Body: bundle("src/handler.ts") }));
  return emulator.eventually("the stack is created", createStack({ ...CODE, ...parameters }));
}

async function createStack(parameters: Record<string, string>): Promise<Record<string, string>> {
  const client = new CloudFormationClient();
  await client.send(
    new CreateStackCommand({
      StackName: "orders",
      TemplateBody: readFileSync(join(PROJECT, "template.yaml"), "utf8"),
      Capabilities: ["CAPABILITY_IAM"],
      Parameters: Object.entries(parameters).map(([ParameterKey, ParameterValue]) => ({
        ParameterKey,
        ParameterValue,
      })),
    }),
  );
  const { reason } = await waitUntilStackCreateComplete({ client, maxWaitTime: 60 }, { StackName: "orders" });
  const { Outputs = [] } = reason.Stacks[0];
  return Object.fromEntries(
    Outputs.map(({ OutputKey, OutputValue }: Record<string, string>) => [OutputKey, OutputValue]),
  );
}

/** A zip of the handler; the SDK is there in Lambda's runtime. */
function bundle(file: string): Buffer {
  const { outputFiles } = buildSync({
    absWorkingDir: PROJECT,
    entryPoints: [file],
    bundle: true,
    platform: "node",
    target: "node22",
    external: ["@aws-sdk/*"],
    write: false,
  });
  const zip = new AdmZip();
  zip.addFile("handler.js", Buffer.from(outputFiles[0].contents));
  return zip.toBuffer();
}
