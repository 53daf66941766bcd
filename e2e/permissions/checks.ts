import { randomUUID } from "node:crypto";
import { expect } from "@jest/globals";
import type { Permission } from "../../conformance/iam/permissions.ts";
import type { Workbench } from "./workbench.ts";

/**
 * What is seen of a permission. Up to the `yield` it is missing: the check waits for the refusal that shows it, and sees that
 * the pipeline does not do its work. Then it is back, and the work is done after all.
 */
export type Check = (missing: Permission) => AsyncGenerator<void, void>;

/** A way through a pipeline for one event. */
export interface Way {
  /** @returns by what the event is known */
  readonly send: () => Promise<string>;
  readonly isStored: (id: string) => Promise<boolean>;
}

/** Whether a text says, as IAM does, who may not do what with what: that is what helps whoever reads it. */
export function tellsOf(text: string, { role, action, resource }: Permission): boolean {
  const parts = [
    `:assumed-role/${role}/`,
    action === "*" ? " is not authorized to perform: " : ` is not authorized to perform: ${action} on resource: `,
    resource.split("*")[0] ?? "",
    ` because no identity-based policy allows the `,
  ];
  let from = 0;
  return parts.every((part) => {
    const at = text.indexOf(part, from);
    from = at + part.length;
    return at >= 0;
  });
}

/** The function that takes an event cannot do all it has to: its log tells why, and the event is tried again. */
export const eventWaits = (bench: Workbench, functionId: string, { send, isStored }: Way): Check =>
  async function* (missing) {
    const id = await untilRefused(bench, functionId, missing, send);
    expect(await isStored(id)).toBe(false);
    yield;
    await bench.eventually(() => isStored(id), Boolean);
  };

/** What a function does once in an environment is done again in a new one. */
export const inNewEnvironment = (bench: Workbench, functionId: string, check: Check): Check =>
  async function* (missing) {
    await renew(bench, functionId);
    yield* check(missing);
  };

const renew = (bench: Workbench, functionId: string): Promise<void> =>
  bench.updateFunction(functionId, { Description: `for another environment: ${randomUUID()}` });

/** Lambda cannot read the stream: the mapping tells why. */
export const streamIsNotRead = (bench: Workbench, mappingId: string, { send, isStored }: Way): Check =>
  async function* (missing) {
    // it goes on with what it has until it begins anew
    await bench.updateMapping(mappingId);
    await problemOf(bench, mappingId, missing);
    const id = await send();
    expect(await isStored(id)).toBe(false);
    yield;
    await bench.eventually(() => isStored(id), Boolean);
  };

/** What cannot be processed cannot be kept: the mapping tells why, and goes on trying. */
export const failureIsNotKept = (
  bench: Workbench,
  {
    mappingId,
    bucketId,
    fail,
    mend,
  }: { mappingId: string; bucketId: string; fail: () => Promise<unknown>; mend?: () => Promise<void> },
): Check =>
  async function* (missing) {
    const { MaximumRetryAttempts } = await bench.mapping(mappingId);
    await bench.updateMapping(mappingId, { MaximumRetryAttempts: 0 });
    const before = await ofMapping(bench, mappingId, bucketId);
    await fail();
    await problemOf(bench, mappingId, missing);
    expect(await ofMapping(bench, mappingId, bucketId)).toEqual(before);
    yield;
    await bench.eventually(
      () => ofMapping(bench, mappingId, bucketId),
      ({ length }) => length === before.length + 1,
    );
    await mend?.();
    await bench.updateMapping(mappingId, { MaximumRetryAttempts });
  };

/** A mapping with this destination cannot be made, nor be given it. */
export const destinationIsRefused = (bench: Workbench, mappingId: string): Check =>
  async function* ({ action }) {
    const { DestinationConfig } = await bench.mapping(mappingId);
    await expect(bench.updateMapping(mappingId, { DestinationConfig })).rejects.toMatchObject({
      name: "InvalidParameterValueException",
      message: `The provided execution role does not have permissions to call ${action.slice("s3:".length)} on S3`,
    });
    yield;
    await bench.updateMapping(mappingId, { DestinationConfig });
  };

/** The function works, and nobody hears of it. */
export const linesAreLost = (bench: Workbench, functionId: string, run: () => Promise<unknown>): Check =>
  async function* () {
    const begun = async () => (await bench.logOf(functionId)).filter((line) => line.startsWith("START ")).length;
    const once = async () => {
      const before = await bench.invocations(functionId);
      await run();
      await bench.eventually(
        () => bench.invocations(functionId),
        (count) => count > before,
      );
    };
    const before = await begun();
    await renew(bench, functionId);
    await once();
    yield;
    await once();
    // lines come in order: when the second invocation's are there, the first one's would be
    await bench.eventually(begun, (count) => count > before);
    expect(await begun()).toBe(before + 1);
  };

export interface ApiCall {
  readonly ask: () => Promise<Response>;
  /** The statuses of its answers with the permission and without. */
  readonly success: number;
  readonly failure: number;
  /** Whose log tells of the refusal, where a function ran. */
  readonly functionId?: string;
  /** Whether what was asked for has been done. */
  readonly isDone?: () => Promise<boolean>;
}

/** Whoever calls the API learns that it failed, and nothing of why. */
export const apiFails = (bench: Workbench, callOf: () => ApiCall): Check =>
  async function* (missing) {
    const { ask, success, failure, functionId, isDone } = callOf();
    const response = functionId === undefined ? await ask() : await untilRefused(bench, functionId, missing, ask);
    expect([response.status, await response.json()]).toEqual([failure, { message: "Internal server error" }]);
    if (isDone) expect(await isDone()).toBe(false);
    yield;
    expect((await ask()).status).toBe(success);
    if (isDone) await bench.eventually(isDone, Boolean);
  };

/** Firehose cannot deliver: its error log tells why, in its own words. */
export const deliveryWaits = (bench: Workbench, errorCode: string, { send, isStored }: Way): Check =>
  async function* () {
    const told = async () => (await errorsOf(bench)).filter((error) => error.errorCode === errorCode).length;
    const before = await told();
    const id = await send();
    await bench.eventually(told, (count) => count > before);
    expect(await isStored(id)).toBe(false);
    yield;
    await bench.eventually(() => isStored(id), Boolean);
  };

/** What Firehose has to complain of is not in its error log. */
export const complaintsAreLost = (bench: Workbench, functionId: string, { send, isStored }: Way): Check =>
  async function* () {
    const failed = () => bench.invocations(functionId, "Errors");
    const told = async () => (await errorsOf(bench)).slice(earlier);
    const [before, { length: earlier }] = [await failed(), await errorsOf(bench)];
    await bench.updateFunction(functionId, { Handler: "handler.none" });
    const id = await send();
    const lost = (await bench.eventually(failed, (count) => count > before)) - before;
    yield;
    await bench.eventually(told, ({ length }) => length > 0);
    await bench.updateFunction(functionId, { Handler: "handler.handler" });
    await bench.eventually(() => isStored(id), Boolean);
    // each attempt failed in the same way, the first ones as well
    const errors = await told();
    expect(new Set(errors.map(({ errorCode }) => errorCode))).toEqual(new Set(["Lambda.FunctionError"]));
    expect(errors.length).toBeLessThanOrEqual((await failed()) - before - lost);
  };

/** Nothing is missed. */
export const nothingIsMissed = (bench: Workbench, { send, isStored }: Way): Check =>
  async function* () {
    const id = await send();
    await bench.eventually(() => isStored(id), Boolean);
    yield;
  };

const errorsOf = async (bench: Workbench): Promise<{ readonly errorCode: string }[]> =>
  (await bench.log(bench.physical("DeliveryLogGroup"))).map((line) => JSON.parse(line) as { errorCode: string });

/** Does something, and waits until the function's log tells of the refusal that follows. */
export async function untilRefused<T>(
  bench: Workbench,
  functionId: string,
  missing: Permission,
  act: () => Promise<T>,
): Promise<T> {
  const told = async () => (await bench.logOf(functionId)).filter((line) => tellsOf(line, missing)).length;
  const before = await told();
  const result = await act();
  await bench.eventually(told, (count) => count > before);
  return result;
}

const problemOf = (bench: Workbench, mappingId: string, missing: Permission): Promise<unknown> =>
  bench.eventually(
    async () => (await bench.mapping(mappingId)).LastProcessingResult ?? "",
    (result) => result.startsWith("PROBLEM: ") && tellsOf(result, missing),
  );

/** Several mappings may have the same destination. */
const ofMapping = async (bench: Workbench, mappingId: string, bucketId: string): Promise<string[]> =>
  (await bench.keys(bucketId)).filter((key) => key.includes(bench.physical(mappingId)));
