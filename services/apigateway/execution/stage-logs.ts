import { createHash } from "node:crypto";
import type { Host, Principal } from "../../../emulator/model/context.ts";
import { servicePrincipal } from "../../../emulator/model/context.ts";
import { AwsError } from "../../../emulator/model/errors.ts";
import { serviceSession } from "../../../emulator/model/service-role.ts";
import type { Scope, Stage } from "../model.ts";
import { contextText } from "./context.ts";
import type { ExecutionLog } from "./execution-log.ts";
import { LogWriter, type LogPlace } from "./log-writer.ts";

/** A variable of an access log's format; what a request has none of is a dash. */
const VARIABLE = /\$\{?(context\.[\w.-]*\w)\}?/g;

/** The access logs and the execution logs of stages. */
export class StageLogs {
  readonly #host: Host;
  readonly #writer: LogWriter;
  readonly #deliveries = new Set<Promise<void>>();

  constructor(host: Host) {
    this.#host = host;
    this.#writer = new LogWriter(host);
  }

  /** Resolves when everything is on its way. */
  async drain(): Promise<void> {
    await Promise.all([this.#writer.drain(), ...this.#deliveries]);
  }

  /** One line for a request, in the stage's format. */
  access(scope: Scope, stage: Stage, role: string | undefined, context: Readonly<Record<string, unknown>>): void {
    const { format, destinationArn } = stage.accessLogSettings ?? {};
    if (format === undefined || destinationArn === undefined) return;
    const line = format.replaceAll(
      VARIABLE,
      (_whole, name: string) => contextText(context, name.slice("context.".length)) ?? "-",
    );
    if (destinationArn.includes(":firehose:")) {
      const delivery = this.#deliver(scope, stage, destinationArn, line).finally(() =>
        this.#deliveries.delete(delivery),
      );
      this.#deliveries.add(delivery);
      return;
    }
    const group = /:log-group:([^:]+)/.exec(destinationArn)?.[1];
    const principal = this.#principal(scope, stage, role);
    if (group === undefined || !principal) return;
    const place = { ...scope, principal, group, stream: streamOf(stage), createGroup: false };
    this.#write(place, [line]);
  }

  /** What was said on the way of one request. */
  execution(scope: Scope, stage: Stage, role: string | undefined, requestId: string, log: ExecutionLog): void {
    if (log.lines.length === 0 || role === undefined) return;
    const principal = this.#principal(scope, stage, role);
    if (!principal) return;
    const group = `API-Gateway-Execution-Logs_${stage.apiId}/${stage.stageName}`;
    const place = { ...scope, principal, group, stream: streamOf(stage), createGroup: true };
    this.#write(
      place,
      log.lines.map((line) => `(${requestId}) ${line}`),
    );
  }

  #write(place: LogPlace, messages: readonly string[]): void {
    const timestamp = this.#host.clock.now();
    this.#writer.write(
      place,
      messages.map((message) => ({ timestamp, message })),
    );
  }

  async #deliver(scope: Scope, stage: Stage, arn: string, line: string): Promise<void> {
    const name = arn.slice(arn.lastIndexOf("/") + 1);
    const principal = servicePrincipal(scope.account, "apigateway.amazonaws.com", stageArn(scope, stage));
    // Firehose knows API Gateway by a role that is linked to the service, whose policies nobody writes
    const call = this.#host.callAs({ ...scope, principal: linkedRole(principal) });
    try {
      await call("firehose", "PutRecord", { DeliveryStreamName: name, Record: { Data: Buffer.from(`${line}\n`) } });
    } catch (error) {
      const level = error instanceof AwsError ? "warn" : "error";
      this.#host.log[level]("API Gateway cannot deliver an access log", { deliveryStream: name, error });
    }
  }

  /** The account's role for CloudWatch; a role that is gone or does not trust API Gateway logs nothing. */
  #principal(scope: Scope, stage: Stage, role: string | undefined): Principal | undefined {
    if (role === undefined) return undefined;
    try {
      const session = "BackplaneAssumeRoleSession";
      return serviceSession(this.#host, scope, {
        roleArn: role,
        service: "apigateway.amazonaws.com",
        session,
        sourceArn: stageArn(scope, stage),
      });
    } catch (error) {
      this.#host.log.warn("API Gateway cannot take on the account's role for CloudWatch", { role, error });
      return undefined;
    }
  }
}

const stageArn = ({ region }: Scope, stage: Stage): string =>
  `arn:aws:apigateway:${region}::/restapis/${stage.apiId}/stages/${stage.stageName}`;

/** AWSServiceRoleForAPIGateway, which AWS makes and keeps in every account that needs it. */
const linkedRole = (service: Principal): Principal => ({
  type: "root",
  account: service.account,
  arn: `arn:aws:sts::${service.account}:assumed-role/AWSServiceRoleForAPIGateway/apigateway`,
  userId: "AWSServiceRoleForAPIGateway",
});

/** AWS spreads a stage over streams that have hashes for names; here each stage has one. */
const streamOf = ({ apiId, stageName }: Stage): string =>
  createHash("md5").update(`${apiId}/${stageName}`).digest("hex");
