import { Storage } from "../../../../emulator/storage/storage.ts";
import { ACCOUNT, REGION } from "../fake-aws.ts";
import { LATEST } from "../../model.ts";
import { LambdaStore } from "../../store.ts";

/** A storage for many scenarios, with the function in it that mappings are made with. */
export function sharedStorage(): Storage {
  const storage = new Storage();
  new LambdaStore({ storage }, { account: ACCOUNT, region: REGION }).putVersion({
    name: "count",
    version: LATEST,
    runtime: "nodejs22.x",
    role: `arn:aws:iam::${ACCOUNT}:role/reader`,
    handler: "index.handler",
    description: "",
    timeoutSeconds: 30,
    memoryMb: 128,
    architecture: "x86_64",
    logging: { format: "Text", group: "/aws/lambda/count" },
    code: { blob: "", sha256: "", sizeBytes: 0 },
    lastModified: 0,
    revisionId: "",
    environmentRevision: "",
  });
  return storage;
}
