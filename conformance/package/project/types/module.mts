import { ManualClock, startEmulator, type EmulatorOptions, type RunningEmulator } from "headwater";
import { emulator, type HeadwaterOptions } from "headwater/jest";

const options: EmulatorOptions = { port: 0, clock: new ManualClock() };
await using running: RunningEmulator = await startEmulator(options);
const settings: { endpoint: string; region: string } = running.clientConfig();
await running.reset();

export const jestOptions: HeadwaterOptions = { scope: "worker", clock: "manual" };
export const found: number = await emulator.eventually(settings.region, () => 1);
export const same: string = await emulator.eventually("a promise", Promise.resolve("x"));
await emulator.clock.advance(1);
// @ts-expect-error there is no such option
export const unknown: HeadwaterOptions = { scoop: "worker" };
// @ts-expect-error a port is a number
void startEmulator({ port: "0" });
