import { format } from "node:util";
import { sendLog } from "./channel.js";
import { asOnLambda } from "./places.js";

const LEVELS = ["TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL"];

let requestId;
const json = process.env.AWS_LAMBDA_LOG_FORMAT === "JSON";
const threshold = json ? Math.max(0, LEVELS.indexOf(process.env.AWS_LAMBDA_LOG_LEVEL ?? "INFO")) : 0;

/** Lines carry the id of the invocation that is running. */
export function setRequestId(id) {
  requestId = id;
}

function errorMembers(error) {
  return {
    errorType: error.constructor?.name ?? "UnknownError",
    errorMessage: error.message,
    stackTrace: typeof error.stack === "string" ? asOnLambda(error.stack).split("\n") : [],
  };
}

const withErrors = (_key, value) => (value instanceof Error ? { ...errorMembers(value), ...value } : value);

function jsonLine(level, message, params) {
  const line = { timestamp: new Date().toISOString(), level, requestId };
  if (params.length === 0) {
    try {
      return JSON.stringify({ ...line, message }, withErrors);
    } catch {
      return JSON.stringify({ ...line, message: format(message) });
    }
  }
  const error = params.find((param) => param instanceof Error);
  return JSON.stringify({ ...line, message: format(message, ...params), ...(error && errorMembers(error)) });
}

const textLine = (level, message, params) =>
  `${new Date().toISOString()}\t${requestId}\t${level}\t${format(message, ...params)}`.replaceAll("\n", "\r");

const logger =
  (level) =>
  (message, ...params) => {
    if (LEVELS.indexOf(level) >= threshold) sendLog((json ? jsonLine : textLine)(level, message, params));
  };

/** Writes of a stream that is not a console: a line is an event, as it is. */
function lineWriter() {
  let rest = "";
  const write = (chunk, encoding, callback) => {
    const done = typeof encoding === "function" ? encoding : callback;
    const text = rest + (typeof chunk === "string" ? chunk : Buffer.from(chunk).toString("utf8"));
    const lines = text.split("\n");
    rest = lines.pop();
    for (const line of lines) if (line !== "") sendLog(line);
    if (typeof done === "function") process.nextTick(done);
    return true;
  };
  const flush = () => {
    if (rest !== "") sendLog(rest);
    rest = "";
  };
  return { write, flush };
}

const out = lineWriter();
const err = lineWriter();

/** Sends what was written without a newline: at the end of an invocation or of the process. */
export function flushOutput() {
  out.flush();
  err.flush();
}

/** Console and the standard streams speak to Lambda's log, in its text or JSON format. */
export function patchConsole() {
  console.trace = logger("TRACE");
  console.debug = logger("DEBUG");
  console.info = logger("INFO");
  console.log = console.info;
  console.warn = logger("WARN");
  console.error = logger("ERROR");
  console.fatal = logger("FATAL");
  process.stdout.write = out.write;
  process.stderr.write = err.write;
}

/** The line that the runtime itself writes about a failure. */
export function logFailure(what, error) {
  if (json) console.error(error);
  else console.error(what, formatted(error));
}

function formatted(error) {
  const members = (_key, value) =>
    value instanceof Error
      ? {
          errorType: value.name,
          errorMessage: value.message,
          code: value.code,
          ...value,
          ...(typeof value.stack === "string" && { stack: asOnLambda(value.stack).split("\n") }),
        }
      : value;
  try {
    return `\t${JSON.stringify(error, members)}`;
  } catch {
    return `\t${JSON.stringify({ errorType: error.name, errorMessage: error.message })}`;
  }
}
