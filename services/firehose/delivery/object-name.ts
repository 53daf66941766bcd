import type { Compression } from "../model.ts";
import { timestampFormat } from "./timestamp-format.ts";

const suffixTime = timestampFormat("yyyy-MM-dd-HH-mm-ss");

const EXTENSIONS: Readonly<Record<Compression, string>> = { UNCOMPRESSED: "", GZIP: ".gz", ZIP: ".zip" };

/**
 * The last part of an object's key: stream-version-yyyy-MM-dd-HH-mm-ss-uuid, and an extension.
 * @see https://docs.aws.amazon.com/firehose/latest/dev/s3-object-name.html
 */
export const objectName = (of: {
  readonly stream: string;
  readonly version: number;
  readonly at: number;
  readonly zone: string;
  readonly uuid: string;
  readonly compression: Compression;
  readonly fileExtension?: string | undefined;
}): string =>
  `${of.stream}-${of.version}-${suffixTime(of.at, of.zone)}-${of.uuid}${of.fileExtension || EXTENSIONS[of.compression]}`;
