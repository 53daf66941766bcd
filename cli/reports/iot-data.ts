import { GetObjectCommand, paginateListObjectsV2, S3Client } from "@aws-sdk/client-s3";
import type { DeviceEvent } from "../../handlers/iot/device-event.ts";
import { output } from "../deployment/stack.ts";
import type { Deployed } from "../pipelines/pipeline.ts";

/** What Firehose says of a record that it could not deliver as it should. */
export interface LakeError {
  readonly arrivalTimestamp: number;
  readonly errorCode: string;
  readonly attemptsMade: number;
  /** The record as it came, in base64. */
  readonly rawData: string;
}

export interface LakeObject<T> {
  readonly key: string;
  readonly lines: readonly T[];
}

/** Objects that are read at the same time. */
const PARALLEL = 8;

/** The bucket of the iot pipeline. Each object is read once, however often it is asked for: objects never change. */
export class DataLake {
  readonly #s3: S3Client;
  readonly #bucket: string;
  readonly #read = new Map<string, LakeObject<unknown>>();

  constructor({ target, outputs }: Deployed) {
    this.#s3 = new S3Client(target.s3Config);
    this.#bucket = output(outputs, "DataLakeBucketName");
  }

  events(): Promise<LakeObject<DeviceEvent>[]> {
    return this.#objects<DeviceEvent>("processed/");
  }

  errors(): Promise<LakeObject<LakeError>[]> {
    return this.#objects<LakeError>("error/");
  }

  async #objects<T>(prefix: string): Promise<LakeObject<T>[]> {
    const keys: string[] = [];
    const pages = paginateListObjectsV2({ client: this.#s3 }, { Bucket: this.#bucket, Prefix: prefix });
    for await (const { Contents = [] } of pages) keys.push(...Contents.map(({ Key }) => Key!));
    for (let start = 0; start < keys.length; start += PARALLEL) {
      await Promise.all(keys.slice(start, start + PARALLEL).map((key) => this.#load(key)));
    }
    return keys.map((key) => this.#read.get(key) as LakeObject<T>);
  }

  async #load(key: string): Promise<void> {
    if (this.#read.has(key)) return;
    const { Body } = await this.#s3.send(new GetObjectCommand({ Bucket: this.#bucket, Key: key }));
    const text = await Body!.transformToString();
    const lines = text.split("\n").filter((line) => line !== "");
    this.#read.set(key, { key, lines: lines.map((line) => JSON.parse(line) as unknown) });
  }
}
