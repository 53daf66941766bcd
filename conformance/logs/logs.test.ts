import {
  CloudWatchLogsClient,
  CreateLogGroupCommand,
  CreateLogStreamCommand,
  DeleteLogGroupCommand,
  DeleteLogStreamCommand,
  DescribeLogGroupsCommand,
  DescribeLogStreamsCommand,
  FilterLogEventsCommand,
  GetLogEventsCommand,
  ListTagsForResourceCommand,
  PutLogEventsCommand,
  PutRetentionPolicyCommand,
  TagResourceCommand,
} from "@aws-sdk/client-cloudwatch-logs";
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openTarget, useClient, useTarget } from "../target.ts";

const HOUR_MS = 3600 * 1000;
const DAY_MS = 24 * HOUR_MS;

const target = useTarget({ manualClock: true });
const logs = useClient(new CloudWatchLogsClient(target.clientConfig()));

async function makeStream(logGroupName: string, ...names: string[]): Promise<void> {
  await logs.send(new CreateLogGroupCommand({ logGroupName }));
  for (const logStreamName of names) await logs.send(new CreateLogStreamCommand({ logGroupName, logStreamName }));
}

const put = (logGroupName: string, logStreamName: string, ...events: [offsetMs: number, message: string][]) =>
  logs.send(
    new PutLogEventsCommand({
      logGroupName,
      logStreamName,
      logEvents: events.map(([offsetMs, message]) => ({ timestamp: target.clock.now() + offsetMs, message })),
    }),
  );

const filter = async (logGroupName: string, filterPattern: string): Promise<(string | undefined)[]> =>
  (await logs.send(new FilterLogEventsCommand({ logGroupName, filterPattern }))).events?.map(
    (event) => event.message,
  ) ?? [];

describe("CreateLogGroup", () => {
  it("refuses a second group of the same name", async () => {
    await makeStream("twice");
    await expect(logs.send(new CreateLogGroupCommand({ logGroupName: "twice" }))).rejects.toMatchObject({
      name: "ResourceAlreadyExistsException",
      message: "The specified log group already exists",
    });
  });

  it("answers a broken name as InvalidParameterException", async () => {
    await expect(logs.send(new CreateLogGroupCommand({ logGroupName: "a b" }))).rejects.toMatchObject({
      name: "InvalidParameterException",
      message:
        "1 validation error detected: Value at 'logGroupName' failed to satisfy constraint: Member must satisfy regular expression pattern: [\\.\\-_/#A-Za-z0-9]+",
    });
  });
});

describe("PutLogEvents", () => {
  it("names the events that are too old or too new, and keeps the others", async () => {
    await makeStream("times", "s");
    const answer = await put("times", "s", [-15 * DAY_MS, "old"]);
    expect(answer.rejectedLogEventsInfo).toEqual({ tooOldLogEventEndIndex: 1 });
    const mixed = await put("times", "s", [0, "now"], [3 * HOUR_MS, "new"]);
    expect(mixed.rejectedLogEventsInfo).toEqual({ tooNewLogEventStartIndex: 1 });
    expect(await filter("times", "")).toEqual(["now"]);
  });

  it("refuses events out of order and a batch that spans more than a day", async () => {
    await makeStream("order", "s");
    await expect(put("order", "s", [0, "b"], [-1, "a"])).rejects.toMatchObject({
      message: "Log events in a single PutLogEvents request must be in chronological order.",
    });
    await expect(put("order", "s", [-2 * DAY_MS, "a"], [0, "b"])).rejects.toMatchObject({
      message: "The batch of log events in a single PutLogEvents request cannot span more than 24 hours.",
    });
  });

  it("refuses a stream that does not exist", async () => {
    await makeStream("streamless");
    await expect(put("streamless", "s", [0, "a"])).rejects.toMatchObject({
      name: "ResourceNotFoundException",
      message: "The specified log stream does not exist.",
    });
  });
});

describe("GetLogEvents", () => {
  const page = (nextToken?: string, startFromHead?: boolean) =>
    logs.send(
      new GetLogEventsCommand({ logGroupName: "pages", logStreamName: "s", limit: 2, nextToken, startFromHead }),
    );
  const messages = (answer: { events?: { message?: string }[] }) => answer.events?.map((event) => event.message);

  beforeAll(async () => {
    await makeStream("pages", "s");
    await put("pages", "s", [0, "1"], [0, "2"], [1, "3"], [2, "4"], [3, "5"]);
  });

  it("walks forwards from the head and answers the same token at the end", async () => {
    const first = await page(undefined, true);
    expect(messages(first)).toEqual(["1", "2"]);
    const second = await page(first.nextForwardToken);
    const third = await page(second.nextForwardToken);
    expect([messages(second), messages(third)]).toEqual([["3", "4"], ["5"]]);
    const end = await page(third.nextForwardToken);
    expect(messages(end)).toEqual([]);
    expect(end.nextForwardToken).toBe(third.nextForwardToken);
  });

  it("answers the newest events first and walks backwards", async () => {
    const newest = await page();
    expect(messages(newest)).toEqual(["4", "5"]);
    expect(messages(await page(newest.nextBackwardToken))).toEqual(["2", "3"]);
  });
});

describe("FilterLogEvents", () => {
  beforeAll(async () => {
    await makeStream("filtered", "a", "b");
    await put("filtered", "a", [0, "START x"], [2, '{"level":"ERROR","n":5,"user":{"id":"u-1"},"tags":["x","y"]}']);
    await put("filtered", "b", [1, "ERROR disk full"], [3, '127.0.0.1 - frank [10/Oct] "GET /a" 404 1534']);
  });

  it("merges the streams of the group in order of time", async () => {
    const answer = await logs.send(new FilterLogEventsCommand({ logGroupName: "filtered" }));
    expect(answer.events?.map((event) => event.logStreamName)).toEqual(["a", "b", "a", "b"]);
  });

  it.each([
    ["ERROR", 2],
    ["ERROR disk", 1],
    ['"disk full"', 1],
    ["ERROR -disk", 1],
    ["?START ?disk", 2],
    ["%disk.*l%", 1],
    ['{ $.level = "ERROR" }', 1],
    ['{ $.level = "ERR*" && $.n > 4 }', 1],
    ["{ $.n >= 6 || $.user.id = u-1 }", 1],
    ["{ ($.n = 5) && ($.missing NOT EXISTS) }", 1],
    ['{ $.tags[*] = "y" }', 1],
    ["{ $.n != 5 }", 0],
    ["[ip, dash, user, time, request, status = 4*, bytes]", 1],
    ["[ip, ..., status = 404, bytes > 2000]", 0],
    ["[ip, ..., status = 500 || status = 404, bytes]", 1],
  ])("matches %s", async (pattern, count) => {
    expect(await filter("filtered", pattern)).toHaveLength(count);
  });

  it.each(["{ $.a = }", "{ $.a", "[a, ..., b, ...]", "foo(bar)[", "%(a)%"])("refuses %s", async (pattern) => {
    await expect(filter("filtered", pattern)).rejects.toMatchObject({ name: "InvalidParameterException" });
  });

  it("answers every match once over pages", async () => {
    const seen: (string | undefined)[] = [];
    let nextToken: string | undefined;
    do {
      const answer = await logs.send(new FilterLogEventsCommand({ logGroupName: "filtered", limit: 1, nextToken }));
      seen.push(...(answer.events ?? []).map((event) => event.eventId));
      nextToken = answer.nextToken;
    } while (nextToken);
    expect(new Set(seen).size).toBe(4);
    expect(seen).toHaveLength(4);
  });
});

describe("GetLogEvents of a stream without events", () => {
  it("answers a token that leads to the events that come later, also older ones", async () => {
    const [logGroupName, logStreamName] = ["waited", "s"];
    await makeStream(logGroupName, logStreamName);
    const read = (more: object) => logs.send(new GetLogEventsCommand({ logGroupName, logStreamName, ...more }));
    for (const more of [{ startFromHead: true }, {}, { startTime: target.clock.now() - HOUR_MS }]) {
      const { events, nextForwardToken } = await read(more);
      expect(events).toEqual([]);
      expect((await read({ nextToken: nextForwardToken })).nextForwardToken).toBe(nextForwardToken);
    }
    const { nextForwardToken } = await read({});
    await put(logGroupName, logStreamName, [-HOUR_MS, "an hour ago"], [0, "now"]);
    const later = await read({ nextToken: nextForwardToken });
    expect(later.events?.map(({ message }) => message)).toEqual(["an hour ago", "now"]);
  });
});

describe("FilterLogEvents of many streams", () => {
  it("keeps the order of streams that overlap and of those that follow each other, over pages", async () => {
    const logGroupName = "many";
    const names = ["e", "d", "c", "b", "a"];
    await makeStream(logGroupName, ...names, "empty");
    // a and b overlap; the others begin one behind the other, against the order of their names
    await put(logGroupName, "e", [-500, "1"], [-490, "2"]);
    await put(logGroupName, "d", [-480, "3"]);
    await put(logGroupName, "c", [-470, "4"], [-470, "5"]);
    await put(logGroupName, "b", [-460, "7"], [-440, "9"]);
    await put(logGroupName, "a", [-460, "6"], [-450, "8"], [-430, "10"]);
    const read = async (more: object): Promise<(string | undefined)[]> => {
      const found: (string | undefined)[] = [];
      let nextToken: string | undefined;
      do {
        const answer = await logs.send(new FilterLogEventsCommand({ logGroupName, limit: 1, nextToken, ...more }));
        found.push(...(answer.events ?? []).map(({ message }) => message));
        nextToken = answer.nextToken;
      } while (nextToken !== undefined);
      return found;
    };
    expect(await read({})).toEqual(["1", "2", "3", "4", "5", "6", "7", "8", "9", "10"]);
    const now = target.clock.now();
    expect(await read({ startTime: now - 480, endTime: now - 460 })).toEqual(["3", "4", "5", "6", "7"]);
    expect(await read({ logStreamNamePrefix: "a" })).toEqual(["6", "8", "10"]);
  });

  it("lets go of what it does not read: pages of a search do not make the storage grow", async () => {
    const dataDirectory = mkdtempSync(join(tmpdir(), "hw-logs-"));
    try {
      await using own = await openTarget({ dataDirectory });
      const client = new CloudWatchLogsClient(own.clientConfig());
      const logGroupName = "held";
      await client.send(new CreateLogGroupCommand({ logGroupName }));
      const write = (logStreamName: string, bytes: number) =>
        client.send(
          new PutLogEventsCommand({
            logGroupName,
            logStreamName,
            logEvents: [{ timestamp: Date.now(), message: "x".repeat(bytes) }],
          }),
        );
      for (const logStreamName of ["a", "b", "c"]) {
        await client.send(new CreateLogStreamCommand({ logGroupName, logStreamName }));
        await write(logStreamName, 100);
      }
      for (let round = 0; round < 40; round++) {
        await client.send(new FilterLogEventsCommand({ logGroupName, limit: 1 }));
        await client.send(new CreateLogStreamCommand({ logGroupName, logStreamName: "large" }));
        for (let each = 0; each < 3; each++) await write("large", 200_000);
        await client.send(new DeleteLogStreamCommand({ logGroupName, logStreamName: "large" }));
      }
      client.destroy();
      // 24 MB were written, and never more than 0.6 MB were there
      expect(statSync(join(dataDirectory, "data", "data.mdb")).size).toBeLessThan(12_000_000);
    } finally {
      rmSync(dataDirectory, { recursive: true, force: true });
    }
  });
});

describe("PutRetentionPolicy", () => {
  it("hides events once their days are over", async () => {
    await makeStream("kept-a-day", "s");
    await put("kept-a-day", "s", [0, "short-lived"]);
    await logs.send(new PutRetentionPolicyCommand({ logGroupName: "kept-a-day", retentionInDays: 1 }));
    expect(await filter("kept-a-day", "")).toEqual(["short-lived"]);
    await target.clock.advance(DAY_MS + 1);
    expect(await filter("kept-a-day", "")).toEqual([]);
  });

  it("gives back the room of many events at once", async () => {
    const logGroupName = "swept";
    await makeStream(logGroupName, "s");
    await logs.send(new PutRetentionPolicyCommand({ logGroupName, retentionInDays: 1 }));
    const many = Array.from({ length: 6_000 }, (_, index): [number, string] => [0, String(index)]);
    for (let batch = 0; batch < 2; batch++) await put(logGroupName, "s", ...many);
    const storedBytes = async () =>
      (await logs.send(new DescribeLogGroupsCommand({ logGroupNamePrefix: logGroupName }))).logGroups?.[0]?.storedBytes;
    expect(await storedBytes()).toBeGreaterThan(12_000);
    await target.clock.advance(DAY_MS + 10 * 60_000);
    expect(await storedBytes()).toBe(0);
  });

  it("takes AWS's numbers of days only", async () => {
    await makeStream("odd-days");
    await expect(
      logs.send(new PutRetentionPolicyCommand({ logGroupName: "odd-days", retentionInDays: 2 })),
    ).rejects.toMatchObject({ name: "InvalidParameterException" });
  });
});

describe("DescribeLogStreams", () => {
  it("orders by the time of the last event", async () => {
    await makeStream("ordered", "a", "b", "c");
    await put("ordered", "b", [0, "x"]);
    await put("ordered", "a", [5, "x"]);
    const answer = await logs.send(
      new DescribeLogStreamsCommand({ logGroupName: "ordered", orderBy: "LastEventTime", descending: true }),
    );
    expect(answer.logStreams?.map((stream) => stream.logStreamName)).toEqual(["a", "b", "c"]);
    expect(answer.logStreams?.[0]?.lastEventTimestamp).toBe(target.clock.now() + 5);
  });
});

describe("DeleteLogGroup", () => {
  it("forgets the events, also for a group of the same name that follows", async () => {
    await makeStream("gone", "s");
    await put("gone", "s", [0, "old"]);
    await logs.send(new DeleteLogGroupCommand({ logGroupName: "gone" }));
    await makeStream("gone", "s");
    expect(await filter("gone", "")).toEqual([]);
  });
});

describe("TagResource", () => {
  it("tags a group by the ARN that DescribeLogGroups answers", async () => {
    await makeStream("tagged");
    const { logGroups } = await logs.send(new DescribeLogGroupsCommand({ logGroupNamePrefix: "tagged" }));
    const resourceArn = logGroups?.[0]?.logGroupArn ?? "";
    await logs.send(new TagResourceCommand({ resourceArn, tags: { team: "rivers" } }));
    expect((await logs.send(new ListTagsForResourceCommand({ resourceArn }))).tags).toEqual({ team: "rivers" });
  });
});
