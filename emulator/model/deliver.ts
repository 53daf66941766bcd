import type { Call } from "./context.ts";

export interface ParcelAttribute {
  readonly DataType: string;
  readonly StringValue?: string;
  readonly BinaryValue?: Uint8Array;
}

/** What a queue, a topic or a function is given. */
export interface Parcel {
  readonly body: string;
  /** Of topics. */
  readonly subject?: string | undefined;
  /** Of queues and topics. */
  readonly attributes?: Readonly<Record<string, ParcelAttribute>> | undefined;
  /** Of queues. */
  readonly groupId?: string | undefined;
  /** Of queues: X-Amzn-Trace-Id of what it is about. */
  readonly traceHeader?: string | undefined;
  /** Of queues. */
  readonly deduplicationId?: string | undefined;
}

/**
 * Hands a parcel to the queue, the topic or the function (as an event) that an ARN names, in its region, as whoever `call`
 * stands for: what services send to destinations goes this way.
 * @throws AwsError of the destination
 */
export async function deliver(
  call: Call,
  arn: string,
  { body, subject, attributes = {}, groupId, deduplicationId, traceHeader }: Parcel,
): Promise<void> {
  const [, , service = "", region = "", account = "", name = ""] = arn.split(":");
  const given = Object.keys(attributes).length > 0 && { MessageAttributes: { ...attributes } };
  switch (service) {
    case "sqs": {
      const input = {
        QueueUrl: `https://sqs.${region}.amazonaws.com/${account}/${name}`,
        MessageBody: body,
        ...given,
        ...(groupId !== undefined && { MessageGroupId: groupId }),
        ...(deduplicationId !== undefined && { MessageDeduplicationId: deduplicationId }),
        ...(traceHeader !== undefined && {
          MessageSystemAttributes: { AWSTraceHeader: { DataType: "String", StringValue: traceHeader } },
        }),
      };
      await call("sqs", "SendMessage", input, { region });
      return;
    }
    case "sns": {
      const input = { TopicArn: arn, Message: body, ...given, ...(subject !== undefined && { Subject: subject }) };
      await call("sns", "Publish", input, { region });
      return;
    }
    case "lambda": {
      const input = { FunctionName: arn, InvocationType: "Event", Payload: Buffer.from(body) } as const;
      await call("lambda", "Invoke", input, { region });
      return;
    }
    default:
      throw new Error(`${arn} is no queue, topic or function`);
  }
}
