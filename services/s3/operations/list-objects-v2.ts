import type { Operation } from "../index.ts";
import { keyEncoder, pageSize } from "../list-request.ts";
import { listPage } from "../listing.ts";
import { listedObjects, listedRequest } from "../object-listing.ts";
import { readToken, writeToken } from "../tokens.ts";

/**
 * Up to 1,000 keys and common prefixes in the order of their UTF-8 bytes.
 * @throws NoSuchBucket, InvalidArgument
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectsV2.html
 */
export const listObjectsV2: Operation<"ListObjectsV2"> = (ctx, input) => {
  const bucket = ctx.store.bucket(input);
  ctx.response.headers["x-amz-bucket-region"] = bucket.region;
  const { Prefix: prefix = "", Delimiter: delimiter = "", StartAfter: startAfter, ContinuationToken: token } = input;
  const limit = pageSize(input.MaxKeys, "max-keys");
  const request = { bucket: bucket.name, prefix, delimiter, limit, encodingType: input.EncodingType };
  const encode = keyEncoder(input.EncodingType);
  const after = token === undefined ? (startAfter ?? "") : readToken(token);

  const page = listPage(ctx.store.objects(bucket.name), { prefix, delimiter, after, limit });
  const contents = listedObjects(page, encode, input.FetchOwner ? bucket.account : undefined);
  return {
    IsTruncated: page.isTruncated,
    ...(contents.length > 0 && { Contents: contents }),
    ...listedRequest(request, page, encode),
    KeyCount: page.entries.length + page.commonPrefixes.length,
    ...(token !== undefined && { ContinuationToken: token }),
    ...(page.isTruncated && { NextContinuationToken: writeToken(page.last ?? "") }),
    // a token outweighs it
    ...(startAfter !== undefined && token === undefined && { StartAfter: encode(startAfter) }),
  };
};
