import { BucketLocationConstraint } from "@aws-sdk/client-s3";
import { unsupported } from "../../../emulator/model/errors.ts";
import { givenBucketAcl } from "../acl.ts";
import { isBucketName } from "../bucket-name.ts";
import {
  headerNotSupported,
  illegalLocationConstraint,
  invalidArgument,
  invalidBucketName,
  invalidLocationConstraint,
} from "../errors.ts";
import type { Input, Operation } from "../index.ts";
import type { BucketRecord } from "../model.ts";
import { checkTags } from "../tags.ts";

/** The region whose endpoint makes buckets everywhere, and answers 200 to a creation that was done before. */
const HOME = "us-east-1";

/**
 * Makes a bucket, in the region of the endpoint or (in us-east-1) of the location constraint. Names are unique over all
 * accounts.
 * @throws InvalidBucketName, BucketAlreadyExists, BucketAlreadyOwnedByYou, InvalidLocationConstraint,
 *   IllegalLocationConstraintException, InvalidBucketAclWithObjectOwnership, AccessDenied for a public ACL
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_CreateBucket.html
 */
export const createBucket: Operation<"CreateBucket"> = (ctx, input) => {
  const { Bucket: name, CreateBucketConfiguration: configuration } = input;
  if (!isBucketName(name)) throw invalidBucketName(name);
  refuse(input);
  const region = regionOf(ctx.region, configuration?.LocationConstraint);
  const tags = configuration?.Tags ? checkTags(configuration.Tags, "new bucket") : [];

  const bucket: BucketRecord = {
    name,
    account: ctx.account,
    region,
    createdMs: ctx.clock.now(),
    ...(configuration?.LocationConstraint === "EU" && { isEu: true as const }),
    ...ownershipOf(input),
    ...(input.ObjectLockEnabledForBucket && { versioning: "Enabled" as const, objectLock: {} }),
    ...(tags.length > 0 && { tags }),
  };
  const acl = givenBucketAcl(bucket, input);

  ctx.store.createBucket(
    { ...bucket, ...(acl && { acl }) },
    // with tags it would change what is there
    (existing) => ctx.region === HOME && existing.region === HOME && tags.length === 0,
  );
  return {
    Location: region === HOME ? `/${name}` : `http://${name}.s3.amazonaws.com/`,
    BucketArn: `arn:aws:s3:::${name}`,
  };
};

function refuse(input: Input<"CreateBucket">): void {
  const { Location, Bucket } = input.CreateBucketConfiguration ?? {};
  if (Location ?? Bucket) throw unsupported("A directory bucket");
  if (input.BucketNamespace !== undefined && input.BucketNamespace !== "global") {
    throw headerNotSupported("x-amz-bucket-namespace");
  }
}

function ownershipOf({ ObjectOwnership: ownership }: Input<"CreateBucket">): Pick<BucketRecord, "ownership"> {
  if (ownership === undefined || ownership === "BucketOwnerEnforced") return {};
  if (ownership === "BucketOwnerPreferred" || ownership === "ObjectWriter") return { ownership };
  throw invalidArgument(
    `Invalid x-amz-object-ownership header: ${String(ownership)}`,
    "x-amz-object-ownership",
    undefined,
  );
}

function regionOf(endpointRegion: string, constraint: string | undefined): string {
  if (constraint === undefined || constraint === "") {
    if (endpointRegion !== HOME) throw illegalLocationConstraint("unspecified");
    return HOME;
  }
  const region = constraint === "EU" ? "eu-west-1" : constraint;
  if (endpointRegion === HOME) {
    const known: readonly string[] = Object.values(BucketLocationConstraint);
    if (!known.includes(constraint)) throw invalidLocationConstraint(constraint);
  } else if (region !== endpointRegion) throw illegalLocationConstraint(constraint);
  return region;
}
