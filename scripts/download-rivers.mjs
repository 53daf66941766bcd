// Downloads New York State's own dataset (make data) to data/rivers-ny.csv, beside the made-up one.
import { createWriteStream } from "node:fs";
import { rename } from "node:fs/promises";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";

const SOURCE = process.env.RIVERS_CSV_URL ?? "https://data.ny.gov/api/views/jcxg-7gnm/rows.csv?accessType=DOWNLOAD";
const TARGET = new URL("../data/rivers-ny.csv", import.meta.url);
const TIMEOUT_MS = 60_000;

try {
  const response = await fetch(SOURCE, { signal: AbortSignal.timeout(TIMEOUT_MS) });
  if (!response.ok) throw new Error(`HTTP ${response.status}`);
  const partial = new URL(`${TARGET.href}.part`);
  await pipeline(Readable.fromWeb(response.body), createWriteStream(partial));
  await rename(partial, TARGET);
  console.log("data/rivers-ny.csv is there: npx headwater produce rivers --file data/rivers-ny.csv");
} catch (error) {
  const reason = error.cause?.code ?? error.message;
  console.error(
    `The dataset could not be downloaded from ${new URL(SOURCE).host} (${reason}). data/rivers.csv, which is made up, works without a network.`,
  );
  process.exitCode = 1;
}
