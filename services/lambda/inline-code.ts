import AdmZip from "adm-zip";

/**
 * The zip of a template's inline code: one file, index.js. The same text gives the same bytes, so that an update with the
 * same code has the same CodeSha256.
 */
export function inlineZip(code: string): Uint8Array {
  const zip = new AdmZip();
  zip.addFile("index.js", Buffer.from(code));
  for (const entry of zip.getEntries()) entry.header.time = new Date(1980, 0, 1);
  return new Uint8Array(zip.toBuffer());
}
