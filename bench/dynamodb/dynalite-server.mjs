// The npm package dynalite, in memory. Usage: node dynalite-server.mjs PORT
import dynalite from "dynalite";

const server = dynalite({ createTableMs: 0, deleteTableMs: 0 });
server.listen(Number(process.argv[2]), "127.0.0.1");
process.once("SIGTERM", () => process.exit(0));
