import { findTarget } from "../../cli/targets/index.ts";
import { sweep } from "./sweep.ts";

/** The accounts that the suites call as. */
const ACCOUNTS = ["test", "111111111111", "222222222222", "333333333333"];

/**
 * The LocalStack that TARGET_ENDPOINT names, emptied of tables and buckets: a suite finds it as it would find an emulator of its own. Its
 * free edition cannot be reset.
 */
export async function openLocalStack() {
  const endpoint = process.env["TARGET_ENDPOINT"];
  // an empty one would lead the SDK to AWS
  if (!endpoint) {
    throw new Error("TARGET=localstack asks for TARGET_ENDPOINT; `make conformance TARGET=localstack` sets it.");
  }
  const { clientConfig, s3Config } = await findTarget({ target: "localstack", endpoint });
  for (const accessKeyId of ACCOUNTS) {
    await sweep({ ...s3Config, credentials: { accessKeyId, secretAccessKey: "test" } }, () => true);
  }
  return { endpoint, clientConfig: () => ({ ...clientConfig, endpoint }) };
}
