import { causeOf } from "../causes.ts";
import { ARCHIVES, readRestore, restorationOf } from "../archive.ts";
import { checkDocumentDigests } from "../document-digests.ts";
import { notArchived, restoreInProgress } from "../errors.ts";
import type { Operation } from "../index.ts";
import { findObject } from "../versions.ts";

/**
 * Makes an archived object readable for some days: after the time that its tier takes. When it is so already, for how long.
 * @throws NoSuchBucket, NoSuchKey, InvalidObjectState, RestoreAlreadyInProgress, MalformedXML, InvalidArgument
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_RestoreObject.html
 */
export const restoreObject: Operation<"RestoreObject"> = (ctx, input) => {
  const bucket = ctx.store.bucket(input);
  checkDocumentDigests(ctx, { required: false });
  const request = readRestore(input.RestoreRequest);
  ctx.store.updateObject(
    bucket.name,
    input.Key,
    () => findObject(ctx, bucket, input),
    (record) => {
      if (!ARCHIVES.includes(record.storageClass ?? "")) throw notArchived(record.storageClass ?? "STANDARD");
      const { state, restoration } = restorationOf(record, request, ctx.clock.now());
      if (state === "ongoing") throw restoreInProgress();
      ctx.response.status = state === "restored" ? 200 : 202;
      const changed = { ...record, restoration };
      ctx.store.awaitRestoration(bucket.name, input.Key, changed);
      return changed;
    },
    causeOf(ctx, "ObjectRestore:Post"),
  );
  return {};
};
