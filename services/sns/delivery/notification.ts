import type { Message, Subscription } from "../model.ts";
import type { Signer } from "./signer.ts";

/** The members of a message as endpoints get them; undefined ones are left out. */
export interface Envelope {
  readonly Type: Message["kind"];
  readonly MessageId: string;
  readonly SequenceNumber?: string;
  readonly Token?: string;
  readonly TopicArn: string;
  readonly Subject?: string;
  readonly Message: string;
  readonly SubscribeURL?: string;
  readonly Timestamp: string;
  readonly SignatureVersion?: string;
  readonly Signature?: string;
  readonly SigningCertURL?: string;
  readonly UnsubscribeURL?: string;
  readonly MessageAttributes?: Readonly<Record<string, { readonly Type: string; readonly Value: string }>>;
}

/** The text that a protocol gets. */
export const bodyFor = ({ body }: Pick<Message, "body">, protocol: string): string =>
  typeof body === "string" ? body : (body[protocol] ?? body["default"] ?? "");

/**
 * What one subscription gets of a message, signed.
 * @param endpoint the emulator's URL
 * @see https://docs.aws.amazon.com/sns/latest/dg/sns-message-and-json-formats.html
 */
export async function envelopeOf(
  message: Message,
  subscription: Pick<Subscription, "arn" | "protocol">,
  endpoint: string,
  signer: Signer,
): Promise<Envelope> {
  const isNotification = message.kind === "Notification";
  const unsigned: Envelope = {
    Type: message.kind,
    MessageId: message.id,
    ...(message.sequenceNumber !== undefined && { SequenceNumber: message.sequenceNumber }),
    ...(message.token !== undefined && { Token: message.token }),
    TopicArn: message.topicArn,
    ...(message.subject !== undefined && { Subject: message.subject }),
    Message: bodyFor(message, subscription.protocol),
    ...(message.token !== undefined && {
      SubscribeURL: `${endpoint}/?Action=ConfirmSubscription&TopicArn=${message.topicArn}&Token=${message.token}`,
    }),
    Timestamp: new Date(message.publishedAt).toISOString(),
  };
  const attributes = Object.entries(message.attributes);
  return {
    ...unsigned,
    ...(message.signatureVersion && (await signed(unsigned, message.signatureVersion, signer))),
    ...(isNotification && { UnsubscribeURL: unsubscribeUrl(endpoint, subscription.arn) }),
    ...(attributes.length > 0 && {
      MessageAttributes: Object.fromEntries(
        attributes.map(([name, { type, value }]) => [name, { Type: type, Value: value }]),
      ),
    }),
  };
}

const unsubscribeUrl = (endpoint: string, arn: string): string =>
  `${endpoint}/?Action=Unsubscribe&SubscriptionArn=${arn}`;

async function signed(envelope: Envelope, version: "1" | "2", signer: Signer) {
  const { signature, certificateUrl } = await signer.sign(textToSign(envelope), version);
  return { SignatureVersion: version, Signature: signature, SigningCertURL: certificateUrl };
}

/**
 * Names and values, each on a line of its own, in the order of the names.
 * @see https://docs.aws.amazon.com/sns/latest/dg/sns-verify-signature-of-message-verify-message-signature.html
 */
function textToSign(envelope: Envelope): string {
  const { Message, MessageId, Subject, SubscribeURL, Timestamp, Token, TopicArn, Type } = envelope;
  return Object.entries({ Message, MessageId, Subject, SubscribeURL, Timestamp, Token, TopicArn, Type })
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${name}\n${value}\n`)
    .join("");
}

/** The event that a function gets. */
export function lambdaEvent(envelope: Envelope, subscriptionArn: string): object {
  return {
    Records: [
      {
        EventSource: "aws:sns",
        EventVersion: "1.0",
        EventSubscriptionArn: subscriptionArn,
        Sns: {
          Type: envelope.Type,
          MessageId: envelope.MessageId,
          TopicArn: envelope.TopicArn,
          Subject: envelope.Subject ?? null,
          Message: envelope.Message,
          Timestamp: envelope.Timestamp,
          SignatureVersion: envelope.SignatureVersion,
          Signature: envelope.Signature,
          SigningCertUrl: envelope.SigningCertURL,
          UnsubscribeUrl: envelope.UnsubscribeURL,
          MessageAttributes: envelope.MessageAttributes ?? {},
        },
      },
    ],
  };
}
