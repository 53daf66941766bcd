import type { Call, Host } from "../../../emulator/model/context.ts";
import { callWithRole, serviceSession, type ServiceRole } from "../../../emulator/model/service-role.ts";
import { LambdaStore } from "../store.ts";
import { cannotAccessStream } from "./errors.ts";
import { findFunction } from "./function-lookup.ts";
import type { Mapping } from "./model.ts";

/** Whoever reads the source and writes to the destination: the function's role, as Lambda takes it on. */
function roleOf(host: Host, mapping: Mapping, store = new LambdaStore(host, mapping)): ServiceRole {
  const { uuid, functionArn, role } = mapping;
  let roleArn = role;
  try {
    roleArn = findFunction(store, host.ids, functionArn).role;
  } catch {
    // the function is gone: the last role that is known
  }
  return { roleArn, service: "lambda.amazonaws.com", session: uuid };
}

/** Calls as the role that the function has at each call; as the last one known when the function is gone. */
export function callAsRole(host: Host, mapping: Mapping): Call {
  const store = new LambdaStore(host, mapping);
  return async (service, operation, input, options) =>
    callWithRole(host, mapping, roleOf(host, mapping, store))(service, operation, input, options);
}

/** What a role needs to read a stream; Lambda asks for all of it before it begins. */
const READING = ["DescribeStream", "DescribeStreamSummary", "GetRecords", "GetShardIterator", "ListShards"];

/**
 * Why the function's role may not read the stream, in IAM's words; undefined: it may.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/services-kinesis-create.html
 */
export function readRefusal(host: Host, mapping: Mapping): string | undefined {
  const { authorization } = host;
  if (!authorization.enforced) return undefined;
  const { region, eventSourceArn: resource } = mapping;
  try {
    const principal = serviceSession(host, mapping, roleOf(host, mapping));
    for (const operation of READING) {
      const refusal = authorization.refusal({ principal, region }, { action: `kinesis:${operation}`, resource });
      if (refusal !== undefined) return refusal;
    }
    return undefined;
  } catch (error) {
    // a role that Lambda cannot take on
    return (error as Error).message;
  }
}

/** @throws AwsError InvalidParameterValueException when the function's role may not read the stream */
export function requireReadable(host: Host, mapping: Mapping): void {
  if (readRefusal(host, mapping) !== undefined) throw cannotAccessStream(mapping.eventSourceArn);
}

/** @throws what `refusal` makes when the function's role may not do something with the source */
export function requireAllowed(host: Host, mapping: Mapping, action: string, refusal: () => Error): void {
  const { authorization } = host;
  if (!authorization.enforced) return;
  const access = { action, resource: mapping.eventSourceArn };
  try {
    const principal = serviceSession(host, mapping, roleOf(host, mapping));
    if (authorization.refusal({ principal, region: mapping.region }, access) === undefined) return;
  } catch {
    // a role that Lambda cannot take on may do nothing
  }
  throw refusal();
}
