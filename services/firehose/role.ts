import type { Scope } from "./model.ts";
import type { ServiceRole } from "../../emulator/model/service-role.ts";
import { streamArn } from "./names.ts";

/**
 * A role that Firehose takes on for a stream. It gives the account as external id.
 * @see https://docs.aws.amazon.com/firehose/latest/dev/controlling-access.html
 */
export const deliveryRole = (scope: Scope, name: string, roleArn: string): ServiceRole => ({
  roleArn,
  service: "firehose.amazonaws.com",
  session: name,
  sourceArn: streamArn(scope, name),
  externalId: scope.account,
});
