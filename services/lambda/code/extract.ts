import { chmod, mkdir, realpath, symlink, writeFile } from "node:fs/promises";
import { dirname, isAbsolute, join, relative, sep } from "node:path";
import { promisify } from "node:util";
import { crc32, inflateRaw } from "node:zlib";
import AdmZip from "adm-zip";
import { invalidParameter } from "../errors.ts";

const inflate = promisify<Uint8Array, { maxOutputLength: number }, Buffer>(inflateRaw);

/** Lambda's limit of a deployment package, unzipped, in bytes. */
const UNZIPPED_LIMIT_BYTES = 262_144_000;
const MOST_ENTRIES = 100_000;

const FILE_TYPE = 0o170000;
const SYMLINK = 0o120000;
const STORED = 0;
const DEFLATED = 8;

interface Entry {
  /** Path below the root, with `/`. */
  readonly path: string;
  readonly kind: "file" | "folder" | "link";
  readonly mode: number;
  readonly zip: AdmZip.IZipEntry;
}

export const badZip = () =>
  invalidParameter("Could not unzip uploaded file. Please check your file, then try to upload again.");

/** Paths stay below the root whatever they say, and nothing is written through a link of the same package. */
function checkedPath(name: string): string {
  const parts = name
    .replaceAll("\\", "/")
    .split("/")
    .filter((part) => part !== "" && part !== ".");
  const isRooted = /^([/\\]|[a-zA-Z]:)/.test(name);
  if (isRooted || name.includes("\0") || parts.includes("..") || parts.length === 0) throw badZip();
  return parts.join("/");
}

function toEntry(zip: AdmZip.IZipEntry): Entry {
  const unixMode = zip.attr >>> 16;
  const kind = zip.isDirectory ? "folder" : (unixMode & FILE_TYPE) === SYMLINK ? "link" : "file";
  return { path: checkedPath(zip.entryName), kind, mode: unixMode & 0o777, zip };
}

function isBelowLink(path: string, links: ReadonlySet<string>): boolean {
  for (let end = path.lastIndexOf("/"); end > 0; end = path.lastIndexOf("/", end - 1)) {
    if (links.has(path.slice(0, end))) return true;
  }
  return false;
}

/**
 * Reads the table of contents of a deployment package.
 * @throws InvalidParameterValueException: not a zip, an unsafe path, too large when unzipped
 */
export function readEntries(bytes: Uint8Array): readonly Entry[] {
  if (bytes.byteLength === 0) throw invalidParameter("Uploaded file must be a non-empty zip");
  let entries: Entry[];
  try {
    const zip = new AdmZip(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
    if (zip.getEntryCount() > MOST_ENTRIES) throw badZip();
    entries = zip
      .getEntries()
      .filter(({ entryName }) => !/^\.?\/*$/.test(entryName))
      .map(toEntry);
  } catch {
    throw badZip();
  }
  if (entries.length === 0) throw invalidParameter("Uploaded file must be a non-empty zip");
  const unzippedBytes = entries.reduce((sum, { zip }) => sum + zip.header.size, 0);
  if (unzippedBytes > UNZIPPED_LIMIT_BYTES) {
    throw invalidParameter(`Unzipped size must be smaller than ${UNZIPPED_LIMIT_BYTES} bytes`);
  }
  const links = new Set(entries.filter(({ kind }) => kind === "link").map(({ path }) => path));
  if (links.size > 0 && entries.some(({ path }) => isBelowLink(path, links))) throw badZip();
  return entries;
}

/** The bytes of an entry: never more than its header said, and with the checksum that it said. */
async function contents({ zip }: Entry): Promise<Buffer> {
  const { method, size, crc } = zip.header;
  const packed = zip.getCompressedData();
  if (method !== STORED && method !== DEFLATED) throw badZip();
  const bytes =
    method === STORED ? packed : size === 0 ? Buffer.alloc(0) : await inflate(packed, { maxOutputLength: size });
  if (bytes.length !== size || crc32(bytes) !== crc >>> 0) throw badZip();
  return bytes;
}

/** Writes a package's files below `root`, an empty folder. */
export async function extract(bytes: Uint8Array, root: string): Promise<void> {
  const entries = readEntries(bytes);
  try {
    for (const entry of entries) {
      const path = join(root, entry.path);
      if (entry.kind === "folder") await mkdir(path, { recursive: true });
      if (entry.kind !== "file") continue;
      await mkdir(dirname(path), { recursive: true });
      await writeFile(path, await contents(entry));
      if ((entry.mode & 0o111) !== 0) await chmod(path, entry.mode | 0o444);
    }
    for (const entry of entries) if (entry.kind === "link") await link(entry, root);
  } catch {
    // a damaged entry, a file where another entry wants a folder
    throw badZip();
  }
}

/** Links come last, when every file is written, and may only lead to places in the package: every step is looked at. */
async function link(entry: Entry, root: string): Promise<void> {
  const path = join(root, entry.path);
  const target = (await contents(entry)).toString("utf8");
  if (isAbsolute(target)) throw badZip();
  await mkdir(dirname(path), { recursive: true });
  const realRoot = await realpath(root);
  let place = await realpath(dirname(path));
  for (const step of target.split(/[/\\]/)) {
    const next = join(place, step);
    place = await realpath(next).catch(() => next);
    if (isOutside(realRoot, place)) throw badZip();
  }
  await symlink(target, path);
}

function isOutside(root: string, path: string): boolean {
  const way = relative(root, path);
  return way === ".." || way.startsWith(`..${sep}`);
}
