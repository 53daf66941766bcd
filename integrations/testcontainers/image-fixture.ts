import { describe } from "@jest/globals";
import { getContainerRuntimeClient } from "testcontainers";
import { currentTarget } from "../../e2e/targets/index.ts";
import { projectImage } from "../../e2e/targets/project-image.ts";
import { HeadwaterContainer } from "./headwater-container.ts";

/** `describe` in a run of the suites on our image; elsewhere `describe.skip`, and a line that says where it runs. */
export function describeOnContainer(): typeof describe.skip {
  if (currentTarget() === "container") return describe;
  process.stderr.write("SKIPPED: our image in a container: `make e2e-container` runs it, or TARGET=container\n");
  return describe.skip;
}

/** Our image as a careful host runs it: nothing can be written but the volume and /tmp, nothing may be gained. */
export class LockedContainer extends HeadwaterContainer {
  static async make(): Promise<LockedContainer> {
    return new LockedContainer(await projectImage());
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

export async function removeContainer(id: string): Promise<void> {
  const { container } = await getContainerRuntimeClient();
  await container.dockerode.getContainer(id).remove({ v: true });
}

export async function inspectImage(name: string) {
  const { container } = await getContainerRuntimeClient();
  return container.dockerode.getImage(name).inspect();
}
