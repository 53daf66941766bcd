import type { Call, Host } from "../../../emulator/model/context.ts";
import { LOG_GROUP } from "./import-description.ts";
import type { ImportJob } from "./model.ts";

const MOST_ERRORS = 10_000;
const ERRORS_AT_ONCE = 500;

/**
 * The errors of an import in CloudWatch Logs, as far as the caller may write there.
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/S3DataImport.Troubleshooting.html
 */
export class ImportLog {
  readonly #host: Host;
  readonly #call: Call;
  readonly #job: ImportJob;
  #waiting: { timestamp: number; message: string }[] = [];
  #written = 0;
  #isOpen = false;

  constructor(host: Host, call: Call, job: ImportJob) {
    this.#host = host;
    this.#call = call;
    this.#job = job;
  }

  async add(key: string, itemIndex: number, error: string): Promise<void> {
    if (this.#written + this.#waiting.length === MOST_ERRORS) return;
    const { arn, input } = this.#job;
    const message = {
      itemS3Pointer: { bucket: input.S3BucketSource.S3Bucket, key, itemIndex },
      importArn: arn,
      errorMessages: [error],
    };
    this.#waiting.push({ timestamp: this.#host.clock.now(), message: JSON.stringify(message) });
    if (this.#waiting.length === ERRORS_AT_ONCE) await this.flush();
  }

  /** Failing at that hinders nothing. */
  async flush(): Promise<void> {
    const logEvents = this.#waiting;
    if (logEvents.length === 0) return;
    this.#waiting = [];
    this.#written += logEvents.length;
    const logGroupName = LOG_GROUP;
    const logStreamName = `${this.#job.id}/error`;
    try {
      if (!this.#isOpen) {
        await existing(this.#call("logs", "CreateLogGroup", { logGroupName }));
        await existing(this.#call("logs", "CreateLogStream", { logGroupName, logStreamName }));
        this.#isOpen = true;
      }
      await this.#call("logs", "PutLogEvents", { logGroupName, logStreamName, logEvents });
    } catch (error) {
      this.#host.log.warn("an import cannot write its error log", { importArn: this.#job.arn, error });
    }
  }
}

async function existing(creation: Promise<unknown>): Promise<void> {
  try {
    await creation;
  } catch (error) {
    if ((error as Error).name !== "ResourceAlreadyExistsException") throw error;
  }
}
