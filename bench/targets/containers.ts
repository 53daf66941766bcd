import { getContainerRuntimeClient, getReaper, LABEL_TESTCONTAINERS_SESSION_ID } from "testcontainers";
import { SUITE_TARGETS } from "../../e2e/targets/index.ts";
import { projectImage } from "../../e2e/targets/project-image.ts";
import type { Server } from "../../e2e/targets/target.ts";
import { HeadwaterContainer } from "../../integrations/testcontainers/index.ts";
import type { MeasuredTarget } from "./measured-target.ts";

/** A target of the end-to-end suites that is a container, with the containers of functions beside it; its image is there. */
export async function startContainer(name: "container" | "localstack"): Promise<MeasuredTarget> {
  if (name === "container") await projectImage();
  // the first container of a process brings the one that cleans up
  await getReaper(await getContainerRuntimeClient());
  const startedAt = performance.now();
  const server = name === "container" ? await serveUnlimited() : await SUITE_TARGETS[name].serve!();
  const readyMs = performance.now() - startedAt;
  const { target } = await SUITE_TARGETS[name].open(server.endpoint);
  return {
    target,
    readyMs,
    title: server.title,
    processes: containerProcesses,
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}

/** Our image, with streams that take whatever it can, as LocalStack's do. */
async function serveUnlimited(): Promise<Server> {
  const image = await projectImage();
  const headwater = await new HeadwaterContainer(image).withKinesisLimits("off").start();
  return {
    endpoint: headwater.getConnectionUri(),
    title: image,
    [Symbol.asyncDispose]: async () => void (await headwater.stop()),
  };
}

/** The processes, as the host numbers them, in all containers of this run; that which cleans up is not one of them. */
async function containerProcesses(): Promise<readonly number[]> {
  const client = await getContainerRuntimeClient();
  const { sessionId, containerId: reaper } = await getReaper(client);
  const { dockerode } = client.container;
  const containers = await dockerode.listContainers({
    filters: { label: [`${LABEL_TESTCONTAINERS_SESSION_ID}=${sessionId}`] },
  });
  const pids = await Promise.all(
    containers
      .filter(({ Id }) => Id !== reaper)
      .map(async ({ Id }) => {
        const { Titles, Processes } = (await dockerode.getContainer(Id).top()) as Processes;
        return Processes.map((row) => Number(row[Titles.indexOf("PID")]));
      }),
  );
  return pids.flat();
}

/** What `docker top` answers. */
interface Processes {
  readonly Titles: readonly string[];
  readonly Processes: readonly (readonly string[])[];
}
