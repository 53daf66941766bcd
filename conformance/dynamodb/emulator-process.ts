// An emulator in a process of its own, for the tests that kill it. Usage: node --import tsx emulator-process.ts DATA_DIRECTORY
import { startEmulator } from "../../emulator/index.ts";

const emulator = await startEmulator({ port: 0, dataDirectory: process.argv[2] as string, logLevel: "error" });
process.stdout.write(`${emulator.endpoint}\n`);
