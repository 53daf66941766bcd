// The npm package dynalite, in memory or in a folder. Usage: node dynalite-server.mjs PORT [FOLDER]
import dynalite from "dynalite";

const [port, path] = process.argv.slice(2);
const server = dynalite({ createTableMs: 0, deleteTableMs: 0, ...(path && { path }) });
server.listen(Number(port), "127.0.0.1");
process.once("SIGTERM", () => process.exit(0));
