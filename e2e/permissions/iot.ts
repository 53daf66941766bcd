import { randomUUID } from "node:crypto";
import { FirehoseClient, PutRecordCommand } from "@aws-sdk/client-firehose";
import { complaintsAreLost, deliveryWaits, nothingIsMissed, type Way } from "./checks.ts";
import { logging, through } from "./shared-checks.ts";
import type { Checks, Documented } from "./suite.ts";
import type { Workbench } from "./workbench.ts";

export const iotChecks = (bench: Workbench): Checks => {
  const way = deviceEvents(bench);
  const s3Refused = deliveryWaits(bench, "S3.AccessDenied", way);
  return {
    "DeliveryRole WriteObjects s3:PutObject": s3Refused,
    "DeliveryRole FindBucket s3:GetBucketLocation": s3Refused,
    "DeliveryRole FindBucket s3:ListBucket": s3Refused,
    "DeliveryRole Transform lambda:InvokeFunction": deliveryWaits(bench, "Lambda.InvokeAccessDenied", way),
    "DeliveryRole WriteLogs logs:PutLogEvents": complaintsAreLost(bench, "Function", way),
    ...logging(bench, "FunctionRole", "Function", through(way, bench)),
  };
};

export const iotDocumented: Documented = {
  permissions: [
    "DeliveryRole WriteObjects s3:AbortMultipartUpload",
    "DeliveryRole FindBucket s3:ListBucketMultipartUploads",
  ],
  reason: "Firehose's guide asks for it (controlling-access.html#using-iam-s3), and the emulator writes objects whole",
  checkOf: (bench) => nothingIsMissed(bench, deviceEvents(bench)),
};

function deviceEvents(bench: Workbench): Way {
  return {
    async send() {
      const event = {
        event_id: randomUUID(),
        device_id: "device-1",
        timestamp: "2026-03-01T10:00:00.000Z",
        temperature_celsius: 20.5,
        humidity_percent: 40,
        battery_percent: 99,
      };
      await new FirehoseClient(bench.pipeline.target.clientConfig).send(
        new PutRecordCommand({
          DeliveryStreamName: bench.physical("DeliveryStream"),
          Record: { Data: Buffer.from(JSON.stringify(event)) },
        }),
      );
      return event.event_id;
    },
    isStored: async (id) => (await bench.keysWith("DataLakeBucket", id)).some((key) => key.startsWith("processed/")),
  };
}
