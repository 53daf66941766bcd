import type { Access } from "../../emulator/model/access.ts";
import { callerOf } from "../../emulator/model/caller.ts";
import { accessDenied } from "./errors.ts";
import type { S3Context } from "./index.ts";

/** For what an operation finds out by itself that it needs. @throws AwsError AccessDenied */
export function requireAccess(ctx: S3Context, accesses: readonly Access[]): void {
  for (const access of accesses) {
    const refusal = ctx.authorization.refusal(callerOf(ctx), access);
    if (refusal !== undefined) throw accessDenied(refusal);
  }
}

/** Whoever may not list a bucket does not hear that it has no such object either. @throws AwsError AccessDenied */
export const requireListing = (ctx: S3Context, bucket: string): void =>
  requireAccess(ctx, [{ action: "s3:ListBucket", resource: `arn:aws:s3:::${bucket}` }]);
