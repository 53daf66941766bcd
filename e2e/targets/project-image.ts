import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { PACKAGE_ROOT, VERSION } from "../../cli/package.ts";

const LOG_LIMIT_BYTES = 64 * 1024 * 1024;

let image: Promise<string> | undefined;

/** The image of this checkout; it is built unless it is there and made of the same files. @returns its name */
export const projectImage = (): Promise<string> => (image ??= build());

async function build(): Promise<string> {
  await promisify(execFile)(process.execPath, [join(PACKAGE_ROOT, "scripts/image.mjs")], {
    maxBuffer: LOG_LIMIT_BYTES,
  });
  return `headwater:${VERSION}`;
}
