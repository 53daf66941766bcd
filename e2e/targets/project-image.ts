import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { PACKAGE_ROOT, VERSION } from "../../cli/package.ts";

const LOG_LIMIT_BYTES = 64 * 1024 * 1024;

let image: Promise<string> | undefined;

/**
 * The image of this checkout, which is built unless it is there and made of the same files; or the one that E2E_IMAGE names.
 * @returns its name
 * @throws Error when it cannot be built; the log of the build is then on standard error
 */
export const projectImage = (): Promise<string> => (image ??= build());

async function build(): Promise<string> {
  const named = process.env["E2E_IMAGE"];
  if (named) return named;
  try {
    await promisify(execFile)(process.execPath, [join(PACKAGE_ROOT, "scripts/image.mjs")], {
      maxBuffer: LOG_LIMIT_BYTES,
    });
  } catch (error) {
    const { stdout = "", stderr = "" } = error as { stdout?: string; stderr?: string };
    process.stderr.write(`${stdout}${stderr}`);
    throw new Error("the image could not be built: its log is above", { cause: error });
  }
  return `headwater:${VERSION}`;
}
