import { hostName } from "../../../emulator/gateway/guard.ts";

/** `bucket.s3-website.localhost`, `bucket.s3-website-us-east-1.localhost`, `bucket.s3-website.us-east-1.localhost` */
const WEBSITE_HOST = /^(.+)\.s3-website(?:[.-][a-z0-9-]+)?\.localhost(?:\.localstack\.cloud)?$/;

/** The bucket whose website a request is for; undefined: it is for none. */
export function websiteOf({ headers }: { readonly headers: Readonly<Record<string, string>> }): string | undefined {
  const host = headers[":authority"] ?? headers["host"] ?? "";
  return host.includes(".s3-website") ? WEBSITE_HOST.exec(hostName(host))?.[1] : undefined;
}
