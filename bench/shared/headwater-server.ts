// The emulator as `headwater start` runs it. Usage: node --import tsx headwater-server.ts PORT DATA_DIRECTORY
import { startEmulator } from "../../emulator/index.ts";

const emulator = await startEmulator({ port: Number(process.argv[2]), dataDirectory: process.argv[3] as string });
process.once("SIGTERM", () => void emulator.stop().then(() => process.exit(0)));
