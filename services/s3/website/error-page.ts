import { STATUS_CODES } from "node:http";
import type { AwsError } from "../../../emulator/model/errors.ts";
import type { DoorAnswer } from "../../../emulator/model/service.ts";
import { hostId } from "../../../emulator/protocol/encode-error.ts";
import { escapeXml } from "../../../emulator/protocol/xml.ts";

export const statusOf = ({ shape }: AwsError): number => ("status" in shape ? shape.status : 500);

const listOf = (error: AwsError, more: Readonly<Record<string, string>> = {}): string =>
  Object.entries({ Code: error.name, Message: error.message, ...error.fields, ...more })
    .map(([name, value]) => `<li>${name}: ${escapeXml(String(value))}</li>`)
    .join("\n");

/** An error as a browser shows it. @param ofDocument why the bucket's own page for errors is not shown */
export function errorPage(error: AwsError, requestId: string, ofDocument?: AwsError): DoorAnswer {
  const status = statusOf(error);
  const title = `${status} ${STATUS_CODES[status] ?? ""}`;
  const list = listOf(error, { RequestId: requestId, HostId: hostId(requestId) });
  const second = ofDocument
    ? `<h3>An Error Occurred While Attempting to Retrieve a Custom Error Document</h3>\n<ul>\n${listOf(ofDocument)}\n</ul>\n`
    : "";
  return {
    status,
    headers: { ...errorHeaders(error), "content-type": "text/html; charset=utf-8" },
    body: `<html>\n<head><title>${title}</title></head>\n<body>\n<h1>${title}</h1>\n<ul>\n${list}\n</ul>\n${second}<hr/>\n</body>\n</html>\n`,
  };
}

export const errorHeaders = (error: AwsError): Record<string, string> => ({
  "x-amz-error-code": error.name,
  "x-amz-error-message": error.message,
  ...("Key" in error.fields && { "x-amz-error-detail-key": encodeURIComponent(String(error.fields["Key"])) }),
});
