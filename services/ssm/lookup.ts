import { parameterNotFound, versionNotFound } from "./errors.ts";
import type { SsmContext } from "./index.ts";
import type { Found, Parameter } from "./model.ts";
import { parameterArn, parseReference } from "./names.ts";

type Reader = Pick<SsmContext, "account" | "region" | "store">;

/** @throws ParameterNotFound */
export function requireParameter(ctx: Reader, text: string): Parameter {
  const { names } = parseReference(ctx, text);
  const found = names.map((name) => ctx.store.find(name)).find((parameter) => parameter !== undefined);
  if (!found) throw parameterNotFound();
  return found;
}

/** A parameter in the version, or with the label, that a request asks for. @throws ParameterNotFound, ParameterVersionNotFound */
export function requireVersion(ctx: Reader, text: string): Found & { readonly selector?: string } {
  const { selector } = parseReference(ctx, text);
  const { name, latest, tags } = requireParameter(ctx, text);
  const version =
    selector === undefined || /^\d+$/.test(selector)
      ? ctx.store.version(name, selector === undefined ? latest : Number(selector))
      : ctx.store.versions(name).find(({ labels }) => labels.includes(selector));
  if (!version) throw versionNotFound(name, selector ?? latest);
  return { name, version, tags, ...(selector !== undefined && { selector: `:${selector}` }) };
}

/** A parameter with its value, as GetParameter answers it. */
export function describeValue(
  ctx: Reader,
  found: Found & { readonly selector?: string },
  decrypts: boolean | undefined,
) {
  const { name, version, selector } = found;
  return {
    Name: name,
    Type: version.type,
    Value: version.type === "SecureString" && decrypts ? ctx.store.decrypt(version.value) : version.value,
    Version: version.version,
    ...(selector !== undefined && { Selector: selector }),
    LastModifiedDate: new Date(version.modifiedAt),
    ARN: parameterArn(ctx, name),
    DataType: "text",
  };
}

/** What is known of a version beside its value. */
export const describeVersion = ({ name, version }: Found) => ({
  Name: name,
  Type: version.type,
  KeyId: version.keyId,
  LastModifiedDate: new Date(version.modifiedAt),
  LastModifiedUser: version.modifiedBy,
  Description: version.description,
  AllowedPattern: version.allowedPattern,
  Version: version.version,
  Tier: version.tier,
  Policies: [],
  DataType: "text",
});
