import { startEmulator } from "headwater";
import { afterAll } from "vitest";

export const emulator = await startEmulator({ port: 0 });
afterAll(() => emulator.stop());

const { endpoint, region, credentials } = emulator.clientConfig();
Object.assign(process.env, {
  AWS_ENDPOINT_URL: endpoint,
  AWS_REGION: region,
  AWS_ACCESS_KEY_ID: credentials.accessKeyId,
  AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
});
