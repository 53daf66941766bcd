import { isConnectionRefused, UserError } from "../errors.ts";
import type { StartOptions } from "../start-options.ts";

const PATIENCE_MS = 3_000;

interface ReadyPage {
  readonly completed: boolean;
  readonly scripts: readonly { readonly name: string; readonly reason?: string }[];
}

/** `headwater health`: what a container's health check asks. */
export async function health({ port }: Pick<StartOptions, "port">): Promise<void> {
  const endpoint = `http://127.0.0.1:${port}`;
  const page = async (path: string): Promise<unknown> => {
    const answer = await fetch(endpoint + path, { signal: AbortSignal.timeout(PATIENCE_MS) });
    if (!answer.ok) throw new UserError(`The emulator at ${endpoint} is not well (HTTP ${answer.status} for ${path}).`);
    return answer.json();
  };
  try {
    await page("/_headwater/health");
    const { completed, scripts } = (await page("/_localstack/init/ready")) as ReadyPage;
    if (!completed) throw new UserError(`The emulator at ${endpoint} is well, but its hooks in ready.d still run.`);
    const failed = scripts.filter(({ reason }) => reason !== undefined).map(({ name, reason }) => `${name}: ${reason}`);
    if (failed.length > 0)
      throw new UserError(`The emulator at ${endpoint} is well, but hooks failed (${failed.join("; ")}).`);
  } catch (error) {
    if (isConnectionRefused(error)) throw new UserError(`No emulator at ${endpoint}.`, { cause: error });
    throw error;
  }
  process.stdout.write(`The emulator at ${endpoint} is well.\n`);
}
