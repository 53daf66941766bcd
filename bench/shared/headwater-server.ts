// The emulator as `headwater start --kinesis-limits off` runs it. Usage: node --import tsx headwater-server.ts PORT DATA_DIRECTORY [--iam-off]
import { startEmulator } from "../../emulator/index.ts";

const [port, dataDirectory = "", iam] = process.argv.slice(2);
const emulator = await startEmulator({
  port: Number(port),
  dataDirectory,
  iam: iam === "--iam-off" ? "off" : "on",
  kinesisLimits: "off",
});
process.once("SIGTERM", () => void emulator.stop().then(() => process.exit(0)));
