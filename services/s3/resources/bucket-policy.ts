import { document, replaces, required, text } from "../../cloudformation/properties.ts";
import { defineProvider, unless } from "../../cloudformation/provider.ts";

/** @see https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-s3-bucketpolicy.html */
export const bucketPolicy = defineProvider({
  type: "AWS::S3::BucketPolicy",
  properties: { Bucket: required(replaces(text())), PolicyDocument: required(document()) },
  attributes: [],

  async find(ctx, { Bucket }) {
    const existing = await unless(ctx.call("s3", "GetBucketPolicy", { Bucket }), "NoSuchBucketPolicy");
    return existing && Bucket;
  },

  async create(ctx, { Bucket, PolicyDocument }) {
    await ctx.call("s3", "PutBucketPolicy", { Bucket, Policy: JSON.stringify(PolicyDocument) });
    ctx.created(Bucket);
    return Bucket;
  },

  async update(ctx, _id, _before, { Bucket, PolicyDocument }) {
    await ctx.call("s3", "PutBucketPolicy", { Bucket, Policy: JSON.stringify(PolicyDocument) });
  },

  async remove(ctx, name) {
    await unless(ctx.call("s3", "DeleteBucketPolicy", { Bucket: name }), "NoSuchBucket");
  },

  read: () => Promise.resolve({}),
});
