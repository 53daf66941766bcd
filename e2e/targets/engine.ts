import { Unavailable } from "./target.ts";

/** What answers as the container engine. @throws Unavailable when nothing does */
export async function containerEngine(): Promise<string> {
  // loaded on demand: suites that need no container do not wait for it
  const { getContainerRuntimeClient } = await import("testcontainers");
  try {
    const { info } = await getContainerRuntimeClient();
    return `${info.containerRuntime.operatingSystem}, engine ${info.containerRuntime.serverVersion}`;
  } catch (error) {
    throw new Unavailable("no container engine answers", { cause: error });
  }
}
