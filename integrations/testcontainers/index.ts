/** `import { HeadwaterContainer } from "headwater/testcontainers"` */
export { HeadwaterContainer } from "./headwater-container.ts";
export { type ContainerClientConfig, StartedHeadwaterContainer } from "./started-headwater-container.ts";
