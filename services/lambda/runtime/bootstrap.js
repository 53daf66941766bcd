/*
 * The program of an execution environment: a Node process of its own for each concurrent invocation of a function. Plain
 * JavaScript without dependencies, because Node itself loads it, from the sources and from the build alike.
 */
import { closeSync, readdirSync, readlinkSync } from "node:fs";
import { types } from "node:util";
import { receive, sendIdleExit, sendInitError, sendInvalidEvent, sendReady, sendResult } from "./channel.js";
import { reachCallbackUrls } from "./callback-urls.js";
import { flushOutput, logFailure, patchConsole, setRequestId } from "./console.js";
import { loadHandler } from "./load-handler.js";
import { asOnLambda } from "./places.js";

/** Lambda's limit of a response, in bytes. */
const RESPONSE_LIMIT_BYTES = 6_291_556;

let handler;
/** Set while an invocation runs: answers it once. */
let current;
let beforeExit;

function toAnswer(error) {
  try {
    if (types.isNativeError(error) || (error?.name && error.message && error.stack)) {
      const trace = error.stack ? asOnLambda(error.stack).split("\n") : [];
      return { errorType: error.name, errorMessage: error.message, trace };
    }
    return { errorType: typeof error, errorMessage: String(error), trace: [] };
  } catch {
    return {
      errorType: "handled",
      errorMessage:
        "callback called with Error argument, but there was a problem while retrieving one or more of its message, name, and stack",
    };
  }
}

const intoError = (error) => (error instanceof Error ? error : new Error(String(error)));

/** @param {0 | 1 | 2} verdict see sendResult */
function answer(payload, verdict) {
  if (!current) return;
  current = undefined;
  beforeExit = undefined;
  flushOutput();
  socket.ref();
  if (Buffer.byteLength(payload) > RESPONSE_LIMIT_BYTES) {
    sendResult(
      JSON.stringify({
        errorType: "Function.ResponseSizeTooLarge",
        errorMessage: `Response payload size exceeded maximum allowed payload size (${RESPONSE_LIMIT_BYTES} bytes).`,
      }),
      Math.max(1, verdict),
    );
    return;
  }
  sendResult(payload, verdict);
}

function fail(error) {
  logFailure("Invoke Error", intoError(error));
  answer(JSON.stringify(toAnswer(error)), 1);
}

function succeed(result) {
  let payload;
  try {
    payload = JSON.stringify(result === undefined ? null : result) ?? "null";
  } catch {
    const error = new Error("Unable to stringify response body");
    error.name = "Runtime.JSONStringifyError";
    return fail(error);
  }
  answer(payload, 0);
}

/** The callback and the context's older ways to answer; the first call counts. */
function answers(invocation) {
  let finished = false;
  let waits = true;
  const once = (work) => (first, second) => {
    if (finished || current !== invocation) return;
    finished = true;
    work(first, second);
  };
  const settle = (error, result) => (error === undefined || error === null ? succeed(result) : fail(error));
  const callback = once((error, result) => {
    if ((error !== undefined && error !== null) || !waits) settle(error, result);
    else beforeExit = () => succeed(result);
  });
  return {
    callback,
    context: {
      get callbackWaitsForEmptyEventLoop() {
        return waits;
      },
      set callbackWaitsForEmptyEventLoop(value) {
        waits = Boolean(value);
      },
      succeed: once((result) => settle(undefined, result)),
      fail: once((error) => settle(error ?? "handled")),
      done: once(settle),
    },
  };
}

function contextOf(header) {
  const deadline = Date.now() + header.timeoutMs;
  return {
    functionVersion: process.env.AWS_LAMBDA_FUNCTION_VERSION,
    functionName: process.env.AWS_LAMBDA_FUNCTION_NAME,
    memoryLimitInMB: process.env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE,
    logGroupName: process.env.AWS_LAMBDA_LOG_GROUP_NAME,
    logStreamName: process.env.AWS_LAMBDA_LOG_STREAM_NAME,
    clientContext: header.clientContext,
    identity: undefined,
    invokedFunctionArn: header.functionArn,
    awsRequestId: header.requestId,
    getRemainingTimeInMillis: () => deadline - Date.now(),
  };
}

function neverSettled() {
  const error = new Error(
    "The Lambda runtime client detected an unexpected Node.js exit code. This is most commonly caused by a Promise that" +
      " was never settled. For more information, see https://nodejs.org/docs/latest/api/process.html#exit-codes",
  );
  error.name = "Runtime.NodeJsExit";
  return error;
}

const withoutCallback = process.env.AWS_EXECUTION_ENV === "AWS_Lambda_nodejs24.x";

function invoke(header, text) {
  let event;
  try {
    event = text === "" ? {} : JSON.parse(text);
  } catch (error) {
    sendInvalidEvent(error.message);
    return;
  }
  reachCallbackUrls(text);
  setRequestId(header.requestId);
  process.env._X_AMZN_TRACE_ID = header.traceId;
  const invocation = {};
  current = invocation;
  // an event loop that runs dry ends the invocation, see the beforeExit listener
  socket.unref();
  const { callback, context } = answers(invocation);
  Object.defineProperties(context, Object.getOwnPropertyDescriptors(contextOf(header)));
  beforeExit = () => succeed(null);
  try {
    const result = withoutCallback ? handler(event, context) : handler(event, context, callback);
    if (typeof result?.then === "function") {
      // a plain function's promise that is never settled ends as null, as on AWS
      if (withoutCallback || handler.constructor.name === "AsyncFunction") beforeExit = () => fail(neverSettled());
      result.then(context.succeed, context.fail);
    } else if (withoutCallback) {
      context.succeed(result);
    }
  } catch (error) {
    callback(error ?? new Error(String(error)));
  }
}

/** Ends the process after an error that no handler caught; the status codes are Lambda's. */
function die(what, error, status) {
  logFailure(what, error);
  flushOutput();
  if (current) answer(JSON.stringify(toAnswer(error)), 2);
  else if (handler) sendIdleExit();
  else sendInitError(toAnswer(error));
  process.reallyExit(status);
}

process.on("uncaughtException", (error) => die("Uncaught Exception", intoError(error), 129));
process.on("unhandledRejection", (reason, promise) => {
  const error = new Error(String(reason));
  error.name = "Runtime.UnhandledPromiseRejection";
  error.stack = `${error.name}: ${error.message}\n${error.stack.split("\n").slice(1).join("\n")}`;
  die("Unhandled Promise Rejection", Object.assign(error, { reason, promise }), 128);
});
process.on("beforeExit", () => beforeExit?.());
process.on("exit", () => {
  flushOutput();
  if (handler && !current) sendIdleExit();
});

globalThis.awslambda = {
  streamifyResponse: () => {
    throw new Error("Response streaming is not supported by Headwater.");
  },
};

/** The emulator's database stays open in what it starts: not here. Node's own descriptors are no files. */
function closeInheritedFiles() {
  if (process.platform !== "linux") return;
  for (const name of readdirSync("/proc/self/fd")) {
    try {
      const place = readlinkSync(`/proc/self/fd/${name}`);
      if (Number(name) > 4 && place.startsWith("/") && !place.startsWith("/dev/")) closeSync(Number(name));
    } catch {
      // the descriptor of the listing itself
    }
  }
}

closeInheritedFiles();
patchConsole();
const socket = receive(invoke);
try {
  handler = await loadHandler(process.env.LAMBDA_TASK_ROOT, process.env._HANDLER);
  sendReady();
} catch (error) {
  logFailure("Uncaught Exception", intoError(error));
  flushOutput();
  sendInitError(toAnswer(error));
  process.reallyExit(129);
}
