import type { Operation } from "../index.ts";
import { keyEncoder, pageSize } from "../list-request.ts";
import { listPage } from "../listing.ts";
import { listedObjects, listedRequest } from "../object-listing.ts";

/**
 * The older listing: pages go on after a marker, which is a key or a common prefix.
 * @throws NoSuchBucket, InvalidArgument
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjects.html
 */
export const listObjects: Operation<"ListObjects"> = (ctx, input) => {
  const bucket = ctx.store.bucket(input);
  ctx.response.headers["x-amz-bucket-region"] = bucket.region;
  const { Prefix: prefix = "", Delimiter: delimiter = "", Marker: marker = "" } = input;
  const limit = pageSize(input.MaxKeys, "max-keys");
  const request = { bucket: bucket.name, prefix, delimiter, limit, encodingType: input.EncodingType };
  const encode = keyEncoder(input.EncodingType);

  const page = listPage(ctx.store.objects(bucket.name), { prefix, delimiter, after: marker, limit });
  const contents = listedObjects(page, encode, ctx.principal.type === "anonymous" ? undefined : bucket.account);
  return {
    IsTruncated: page.isTruncated,
    Marker: encode(marker),
    // without a delimiter the client goes on after the last key
    ...(page.isTruncated && delimiter !== "" && { NextMarker: encode(page.last ?? "") }),
    ...(contents.length > 0 && { Contents: contents }),
    ...listedRequest(request, page, encode),
  };
};
