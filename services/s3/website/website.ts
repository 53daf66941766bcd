import { Readable } from "node:stream";
import type { WebsiteConfiguration } from "@aws-sdk/client-s3";
import { ANONYMOUS, type Host } from "../../../emulator/model/context.ts";
import { AwsError } from "../../../emulator/model/errors.ts";
import type { DoorAnswer, DoorRequest, Service } from "../../../emulator/model/service.ts";
import { operationCodec } from "../../../emulator/protocol/operation-codec.ts";
import { methodNotAllowed, noSuchBucket, noSuchWebsite } from "../errors.ts";
import type { BucketRecord } from "../model.ts";
import type { S3Store } from "../store.ts";
import { errorHeaders, errorPage, statusOf } from "./error-page.ts";
import { encodeKey, redirectAll, routed, type Redirection, type Visit } from "./redirect.ts";

/** What a website needs of the service whose buckets it shows. */
export interface WebsiteKeeper {
  readonly host: Host;
  readonly store: S3Store;
  readonly service: () => Service;
}

/**
 * Answers a request to a bucket's website: pages for browsers instead of XML, and without a signature what anybody may read.
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/WebsiteHosting.html
 */
export async function answerWebsite(keeper: WebsiteKeeper, name: string, request: DoorRequest): Promise<DoorAnswer> {
  return visit(keeper, name, request).catch((error: unknown) => {
    if (error instanceof AwsError) return errorPage(error, request.requestId);
    throw error;
  });
}

async function visit(keeper: WebsiteKeeper, name: string, request: DoorRequest): Promise<DoorAnswer> {
  const bucket = keeper.store.known(name);
  if (!bucket) throw noSuchBucket(name);
  if (!bucket.website) throw noSuchWebsite(name);
  if (request.method !== "GET" && request.method !== "HEAD") throw methodNotAllowed(request.method, "OBJECT");
  const key = decodeKey(request.path);
  const place = { host: request.headers[":authority"] ?? request.headers["host"] ?? "", key };
  const { RedirectAllRequestsTo: all, RoutingRules: rules } = bucket.website;
  const redirection = all ? redirectAll(all, place) : routed(rules, place);
  return redirection ? redirect(redirection) : show(keeper, { bucket, website: bucket.website, place, request });
}

interface Viewed {
  readonly bucket: BucketRecord;
  readonly website: WebsiteConfiguration;
  readonly place: Visit;
  readonly request: DoorRequest;
}

async function show(keeper: WebsiteKeeper, viewed: Viewed): Promise<DoorAnswer> {
  const { bucket, website, place, request } = viewed;
  const { key } = place;
  const suffix = website.IndexDocument?.Suffix ?? "";
  try {
    return await read(keeper, viewed, key === "" || key.endsWith("/") ? key + suffix : key, request.headers);
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    if (statusOf(error) === 304) return { status: 304, headers: {}, body: "" };
    if (!key.endsWith("/") && key !== "" && keeper.store.object(bucket.name, `${key}/${suffix}`)) {
      return redirect({ status: 302, location: `/${encodeKey(key)}/` });
    }
    const redirection = routed(website.RoutingRules, place, statusOf(error));
    return redirection ? redirect(redirection) : showError(keeper, viewed, error);
  }
}

/** The bucket's own page for errors, if it has one that can be read. */
async function showError(keeper: WebsiteKeeper, viewed: Viewed, error: AwsError): Promise<DoorAnswer> {
  const { website, request } = viewed;
  const document = website.ErrorDocument?.Key;
  if (document === undefined || statusOf(error) < 400 || statusOf(error) >= 500) {
    return errorPage(error, request.requestId);
  }
  try {
    const answer = await read(keeper, viewed, document, {});
    if (answer.headers["location"] !== undefined) return answer;
    Object.assign(answer.headers, errorHeaders(error));
    return { ...answer, status: statusOf(error) };
  } catch (ofDocument) {
    if (ofDocument instanceof AwsError) return errorPage(error, request.requestId, ofDocument);
    throw ofDocument;
  }
}

/** An object as anybody may read it. @throws AwsError */
async function read(
  { host, service }: WebsiteKeeper,
  { bucket, request }: Viewed,
  key: string,
  conditions: DoorRequest["headers"],
): Promise<DoorAnswer> {
  const call = host.callAs({
    account: "",
    region: bucket.region,
    principal: ANONYMOUS,
    from: {
      sourceIp: request.remoteAddress,
      userAgent: request.headers["user-agent"],
      referer: request.headers["referer"],
    },
  });
  const { range, "if-match": match, "if-none-match": noneMatch } = conditions;
  const since = dateOf(conditions["if-modified-since"]);
  const unmodifiedSince = dateOf(conditions["if-unmodified-since"]);
  const output = await call("s3", "GetObject", {
    Bucket: bucket.name,
    Key: key,
    ...(range !== undefined && { Range: range }),
    ...(match !== undefined && { IfMatch: match }),
    ...(noneMatch !== undefined && { IfNoneMatch: noneMatch }),
    ...(since && { IfModifiedSince: since }),
    ...(unmodifiedSince && { IfUnmodifiedSince: unmodifiedSince }),
  });
  if (output.WebsiteRedirectLocation !== undefined) {
    if (output.Body instanceof Readable) output.Body.destroy();
    return redirect({ status: 301, location: output.WebsiteRedirectLocation });
  }
  const answer = operationCodec(service(), "GetObject", "restXml").encode({ ...output }, request.requestId);
  return output.ContentRange === undefined ? answer : { ...answer, status: 206 };
}

const redirect = ({ status, location }: Redirection): DoorAnswer => ({ status, headers: { location }, body: "" });

const dateOf = (text: string | undefined): Date | undefined => {
  const date = new Date(text ?? "");
  return Number.isNaN(date.getTime()) ? undefined : date;
};

function decodeKey(path: string): string {
  try {
    return decodeURIComponent(path.slice(1));
  } catch {
    throw new AwsError({ code: "InvalidURI", status: 400 }, "Couldn't parse the specified URI.");
  }
}
