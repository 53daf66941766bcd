import { bucket } from "./resources/bucket.ts";
import { bucketPolicy } from "./resources/bucket-policy.ts";

/** @see https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/AWS_S3.html */
export const s3Resources = [bucket, bucketPolicy];
