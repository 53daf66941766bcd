import { randomUUID } from "node:crypto";
import type { InputOf } from "../../../emulator/model/sdk.ts";
import { HandlerError } from "../../cloudformation/engine/failure.ts";
import { choice, list, object, required, text, type Values } from "../../cloudformation/properties.ts";
import type { ProviderContext } from "../../cloudformation/provider.ts";

const s3BucketSource = object({
  S3Bucket: required(text({ max: 255 })),
  S3BucketOwner: text({ pattern: /^\d{12}$/ }),
  S3KeyPrefix: text({ max: 1024 }),
});

export const importSource = object({
  S3BucketSource: required(s3BucketSource),
  InputFormat: required(choice("CSV", "DYNAMODB_JSON", "ION")),
  InputFormatOptions: object({ Csv: object({ Delimiter: text({ min: 1, max: 1 }), HeaderList: list(text()) }) }),
  InputCompressionType: choice("GZIP", "NONE", "ZSTD"),
});

export type ImportSource = NonNullable<Values<{ readonly source: typeof importSource }>["source"]>;
type Parameters = InputOf<"dynamodb", "ImportTable">["TableCreationParameters"];

/** Makes a table of the objects of a bucket, and waits until it has its items. @throws HandlerError where some could not be taken */
export async function importTable(ctx: ProviderContext, source: ImportSource, parameters: Parameters): Promise<void> {
  const { ImportTableDescription } = await ctx.call("dynamodb", "ImportTable", {
    ...source,
    ClientToken: randomUUID(),
    TableCreationParameters: parameters,
  });
  const ImportArn = ImportTableDescription?.ImportArn ?? "";
  ctx.created(parameters.TableName);
  await ctx.waitUntil(`import ${ImportArn} to end`, async () => {
    const { ImportTableDescription: now } = await ctx.call("dynamodb", "DescribeImport", { ImportArn });
    if (now?.ImportStatus === "FAILED") {
      throw new HandlerError("GeneralServiceException", `${now.FailureCode}: ${now.FailureMessage}`);
    }
    return now?.ImportStatus === "COMPLETED";
  });
}
