import type { Host } from "../../../../emulator/model/context.ts";
import { integrationTimeout } from "../gateway-error.ts";

/**
 * `work` is given the controller and not its signal, which is made when somebody asks for it.
 * @throws GatewayError when `work` takes longer than `ms`; its signal is aborted then
 */
export async function withTimeout<T>(
  { scheduler }: Pick<Host, "scheduler">,
  ms: number,
  work: (controller: AbortController) => Promise<T>,
): Promise<T> {
  const controller = new AbortController();
  let timer: { cancel(): void } | undefined;
  const timeout = new Promise<never>((_resolve, reject) => {
    timer = scheduler.after(ms, () => {
      reject(integrationTimeout());
      controller.abort();
    });
  });
  const running = work(controller);
  // nobody waits for it behind the timeout
  running.catch(() => {});
  try {
    return await Promise.race([running, timeout]);
  } finally {
    timer?.cancel();
  }
}
