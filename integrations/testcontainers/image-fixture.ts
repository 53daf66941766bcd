import { getContainerRuntimeClient } from "testcontainers";
import { projectImage } from "../../e2e/targets/project-image.ts";
import { HeadwaterContainer } from "./headwater-container.ts";

const DATA_FOLDER = "/var/lib/localstack";

/** Our image as a careful host runs it: nothing can be written but its data and /tmp, nothing may be gained. */
export class LockedContainer extends HeadwaterContainer {
  /** @param volume keeps the data; without one they are in memory */
  static async make(volume?: string): Promise<HeadwaterContainer> {
    const locked = new LockedContainer(await projectImage());
    return volume === undefined ? locked.withTmpFs({ [DATA_FOLDER]: "rw,uid=1000" }) : locked.withDataVolume(volume);
  }

  private constructor(image: string) {
    super(image);
    this.hostConfig.ReadonlyRootfs = true;
    this.withTmpFs({ "/tmp": "rw" }).withDroppedCapabilities("ALL").withSecurityOpt("no-new-privileges:true");
  }
}

/** A volume of a test's own, gone behind it. */
export async function temporaryVolume(name: string): Promise<AsyncDisposable & { readonly name: string }> {
  const { container } = await getContainerRuntimeClient();
  const unique = `headwater-${name}-${process.pid}-${Date.now()}`;
  return {
    name: unique,
    [Symbol.asyncDispose]: () => container.dockerode.getVolume(unique).remove(),
  };
}

/** What the engine says of a container or an image. */
export async function inspectContainer(id: string) {
  const { container } = await getContainerRuntimeClient();
  return container.dockerode.getContainer(id).inspect();
}

export async function killContainer(id: string): Promise<void> {
  const { container } = await getContainerRuntimeClient();
  await container.dockerode.getContainer(id).kill();
}

export async function removeContainer(id: string): Promise<void> {
  const { container } = await getContainerRuntimeClient();
  await container.dockerode.getContainer(id).remove({ v: true });
}

export async function inspectImage(name: string) {
  const { container } = await getContainerRuntimeClient();
  return container.dockerode.getImage(name).inspect();
}
