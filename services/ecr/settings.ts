import type { ImageTagMutability, ImageTagMutabilityExclusionFilter } from "@aws-sdk/client-ecr";
import { unsupported } from "../../emulator/model/errors.ts";
import { isSystemTag, userTagCount } from "../../emulator/model/system-tags.ts";
import { invalidParameter, tooManyTags } from "./errors.ts";
import type { Repository } from "./model.ts";

const MOST_TAGS = 50;

/** @throws InvalidParameterException, TooManyTagsException */
export function mergeTags(
  present: Repository["tags"],
  added: readonly { readonly Key?: string; readonly Value?: string }[],
): Repository["tags"] {
  refuseSystemTags(added.map(({ Key = "" }) => Key));
  const merged = { ...present, ...Object.fromEntries(added.map(({ Key = "", Value = "" }) => [Key, Value])) };
  if (userTagCount(Object.keys(merged)) > MOST_TAGS) throw tooManyTags();
  return merged;
}

/** @throws InvalidParameterException */
export function refuseSystemTags(keys: readonly string[]): void {
  if (keys.some(isSystemTag)) throw invalidParameter("tags", "tag keys must not begin with aws:");
}

/** Exceptions belong to the two settings that are named for them. @throws InvalidParameterException */
export function mutabilityOf(
  mutability: ImageTagMutability | undefined,
  filters: readonly ImageTagMutabilityExclusionFilter[] | undefined,
): Pick<Repository, "mutability" | "mutabilityExceptions"> {
  const takesFilters = mutability?.endsWith("_WITH_EXCLUSION") ?? false;
  if (takesFilters !== (filters !== undefined && filters.length > 0)) {
    throw invalidParameter(
      "imageTagMutabilityExclusionFilters",
      takesFilters
        ? `must be given with ${mutability}`
        : "can only be given with MUTABLE_WITH_EXCLUSION or IMMUTABLE_WITH_EXCLUSION",
    );
  }
  return {
    mutability: mutability ?? "MUTABLE",
    mutabilityExceptions: (filters ?? []).map(({ filterType, filter }) => ({ filterType, filter })),
  };
}

/** @throws NotImplemented for keys of KMS */
export function refuseEncryption(configuration: { encryptionType?: string; kmsKey?: string } | undefined): void {
  if (configuration === undefined) return;
  const { encryptionType, kmsKey } = configuration;
  if (encryptionType !== "AES256") throw unsupported(`ECR encryption with ${encryptionType}`);
  if (kmsKey !== undefined) throw invalidParameter("encryptionConfiguration", "kmsKey can only be given with KMS");
}
