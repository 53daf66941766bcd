import { AbstractStartedContainer } from "testcontainers";

export const HEADWATER_PORT = 4566;

/** Settings for the clients of the AWS SDK. */
export interface ContainerClientConfig {
  readonly endpoint: string;
  readonly region: string;
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
  /** For S3: buckets are named in the path, as names below that of the container's host need not resolve. */
  readonly forcePathStyle: true;
}

/** A running Headwater. It ends with `stop()`, or by itself where it is held by `await using`. */
export class StartedHeadwaterContainer extends AbstractStartedContainer {
  /** The port of the host that leads to the emulator. */
  getPort(): number {
    return this.getMappedPort(HEADWATER_PORT);
  }

  /** `http://HOST:PORT`, where the emulator is reached from outside of its container. */
  getConnectionUri(): string {
    return `http://${this.getHost()}:${this.getPort()}`;
  }

  /** `new KinesisClient(container.clientConfig())` */
  clientConfig(region = "us-east-1"): ContainerClientConfig {
    return {
      endpoint: this.getConnectionUri(),
      region,
      credentials: { accessKeyId: "test", secretAccessKey: "test" },
      forcePathStyle: true,
    };
  }
}
