// The npm package s3rver of the working directory, on a folder. Usage: node s3rver-server.mjs PORT FOLDER
import { createRequire } from "node:module";
import { join } from "node:path";

const [port, directory] = process.argv.slice(2);
const S3rver = createRequire(join(process.cwd(), "package.json"))("s3rver");
await new S3rver({ address: "127.0.0.1", port: Number(port), directory, silent: true }).run();
process.once("SIGTERM", () => process.exit(0));
