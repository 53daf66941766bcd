import { choice, list, object, required } from "../../cloudformation/properties.ts";
import type { ProviderContext } from "../../cloudformation/provider.ts";

/** Names of access control lists in templates. */
export const CANNED_NAMES = [
  "AuthenticatedRead",
  "AwsExecRead",
  "BucketOwnerFullControl",
  "BucketOwnerRead",
  "LogDeliveryWrite",
  "Private",
  "PublicRead",
  "PublicReadWrite",
] as const;

export const ownershipProperty = object({
  Rules: required(
    list(object({ ObjectOwnership: required(choice("BucketOwnerEnforced", "BucketOwnerPreferred", "ObjectWriter")) }), {
      max: 1,
    }),
  ),
});

interface AccessValues {
  readonly AccessControl?: (typeof CANNED_NAMES)[number];
  readonly OwnershipControls?: {
    readonly Rules: readonly {
      readonly ObjectOwnership: "BucketOwnerEnforced" | "BucketOwnerPreferred" | "ObjectWriter";
    }[];
  };
}

/** `PublicRead` is `public-read` elsewhere. */
const cannedAcl = (name: string): "private" => name.replace(/(?<=[a-z])[A-Z]/g, "-$&").toLowerCase() as "private";

/** A list is emptied before the ownership that forbids it comes, and filled behind one that allows it. */
export async function putAccess({ call }: ProviderContext, Bucket: string, after: AccessValues): Promise<void> {
  const { AccessControl = "Private", OwnershipControls } = after;
  const ObjectOwnership = OwnershipControls?.Rules[0]?.ObjectOwnership ?? "BucketOwnerEnforced";
  const present = await call("s3", "GetBucketAcl", { Bucket });
  if (AccessControl === "Private" && (present.Grants?.length ?? 0) > 1) {
    await call("s3", "PutBucketAcl", { Bucket, ACL: "private" });
  }
  await call("s3", "PutBucketOwnershipControls", { Bucket, OwnershipControls: { Rules: [{ ObjectOwnership }] } });
  if (AccessControl !== "Private") await call("s3", "PutBucketAcl", { Bucket, ACL: cannedAcl(AccessControl) });
}
