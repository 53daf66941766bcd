import type { Readable } from "node:stream";
import { SessionTimeoutException$ } from "@aws-sdk/client-cloudwatch-logs";
import { framesOf, type Frame } from "../../conformance/kinesis/fan-out.ts";
import { logs } from "../../services/logs/index.ts";
import { AwsError } from "../model/errors.ts";
import { operationCodec } from "./operation-codec.ts";

/** An operation that Headwater has not: what writes its events follows from the schemas alone. */
const codec = operationCodec(logs, "StartLiveTail", "json");

const type = "application/x-amz-json-1.1";

async function written(events: AsyncIterable<object>, report?: (error: unknown) => void): Promise<Frame[]> {
  const { body, isEventStream } = codec.encode({ responseStream: events }, "request", report);
  expect(isEventStream).toBe(true);
  const frames: Frame[] = [];
  for await (const frame of framesOf(body as Readable)) frames.push(frame);
  return frames;
}

describe("event streams", () => {
  it("are written by the schemas of the operation", async () => {
    const frames = await written(
      (async function* () {
        yield { sessionStart: { requestId: "1", logGroupIdentifiers: ["g"] } };
        yield { sessionUpdate: { sessionMetadata: { sampled: true }, sessionResults: [{ message: "line" }] } };
      })(),
    );
    const headers = (event: string) => ({ ":message-type": "event", ":event-type": event, ":content-type": type });
    expect(frames).toEqual([
      { headers: headers("initial-response"), body: {} },
      { headers: headers("sessionStart"), body: { requestId: "1", logGroupIdentifiers: ["g"] } },
      {
        headers: headers("sessionUpdate"),
        body: { sessionMetadata: { sampled: true }, sessionResults: [{ message: "line" }] },
      },
    ]);
  });

  it("end with an exception of theirs, with the text of any other of AWS's, and with no word of a bug", async () => {
    const failing = (error: Error) =>
      // eslint-disable-next-line require-yield
      (async function* (): AsyncGenerator<object> {
        throw error;
      })();
    const reported: unknown[] = [];
    const end = async (error: Error) => (await written(failing(error), (bug) => reported.push(bug))).at(-1);

    expect(await end(new AwsError(SessionTimeoutException$, "three hours"))).toEqual({
      headers: { ":message-type": "exception", ":exception-type": "SessionTimeoutException", ":content-type": type },
      body: { message: "three hours" },
    });
    expect(await end(new AwsError({ code: "Throttling", status: 400 }, "slow down"))).toEqual({
      headers: { ":message-type": "error", ":error-code": "Throttling", ":error-message": "slow down" },
      body: "",
    });
    expect(reported).toEqual([]);
    const bug = new Error("a secret");
    expect(await end(bug)).toEqual({
      headers: { ":message-type": "error", ":error-code": "InternalFailure", ":error-message": "" },
      body: "",
    });
    expect(reported).toEqual([bug]);
  });

  it("let go of the events when their reader goes away", async () => {
    let isOver = false;
    const events = (async function* () {
      try {
        for (;;) yield { sessionUpdate: {} };
      } finally {
        isOver = true;
      }
    })();
    const body = codec.encode({ responseStream: events }, "request").body as Readable;
    for await (const { headers } of framesOf(body)) if (headers[":event-type"] === "sessionUpdate") break;
    expect(isOver).toBe(true);
  });

  it("are not taken faster than they are read", async () => {
    let taken = 0;
    const events = (async function* () {
      for (; taken < 100; taken++) yield { sessionUpdate: { sessionResults: [{ message: "x".repeat(1000) }] } };
    })();
    const body = codec.encode({ responseStream: events }, "request").body as Readable;
    const reader = framesOf(body);
    for (let read = 1; read <= 10; read++) {
      await reader.next();
      expect(taken).toBeLessThanOrEqual(read + 1);
    }
    body.destroy();
  });
});
