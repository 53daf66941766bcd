import type { Call, Host } from "../../../emulator/model/context.ts";
import { callWithRole, serviceSession, type ServiceRole } from "../../../emulator/model/service-role.ts";
import { LambdaStore } from "../store.ts";
import { cannotAccessStream } from "./errors.ts";
import { findFunction } from "./function-lookup.ts";
import type { Mapping } from "./model.ts";

/** Whoever reads the source and writes to the destination: the function's role, as Lambda takes it on. */
function roleOf(host: Host, { account, region, uuid, functionArn, role }: Mapping): ServiceRole {
  let roleArn = role;
  try {
    roleArn = findFunction(new LambdaStore(host, { account, region }), host.ids, functionArn).role;
  } catch {
    // the function is gone: the last role that is known
  }
  return { roleArn, service: "lambda.amazonaws.com", session: uuid };
}

/** Calls as the role that the function has at each call; as the last one known when the function is gone. */
export const callAsRole =
  (host: Host, mapping: Mapping): Call =>
  async (service, operation, input, options) =>
    callWithRole(host, mapping, roleOf(host, mapping))(service, operation, input, options);

/** What a role needs to read a stream; Lambda asks for all of it before it begins. */
const READING = ["DescribeStream", "DescribeStreamSummary", "GetRecords", "GetShardIterator", "ListShards"];

/**
 * @throws AwsError InvalidParameterValueException when the function's role may not read the stream
 * @see https://docs.aws.amazon.com/lambda/latest/dg/with-kinesis.html
 */
export function requireReadable(host: Host, mapping: Mapping): void {
  const { authorization } = host;
  if (!authorization.enforced) return;
  const { region, eventSourceArn: resource } = mapping;
  const principal = trusted(host, mapping);
  const refused = READING.some(
    (operation) =>
      authorization.refusal({ principal, region }, { action: `kinesis:${operation}`, resource }) !== undefined,
  );
  if (refused) throw cannotAccessStream(resource);
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

function trusted(host: Host, mapping: Mapping) {
  try {
    return serviceSession(host, mapping, roleOf(host, mapping));
  } catch {
    throw cannotAccessStream(mapping.eventSourceArn);
  }
}
