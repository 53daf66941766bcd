// The npm package fauxqs of the working directory, in memory. Usage: node fauxqs-server.mjs PORT
import { join } from "node:path";
import { pathToFileURL } from "node:url";

// it has an entry point for imports only, and those look for packages beside this file
const entry = join(process.cwd(), "node_modules/fauxqs/dist/app.js");
const { startFauxqs } = await import(pathToFileURL(entry).href);
await startFauxqs({ host: "127.0.0.1", port: Number(process.argv[2]), logger: false });
process.once("SIGTERM", () => process.exit(0));
