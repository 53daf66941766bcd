import { deliver } from "../../../emulator/model/deliver.ts";
import { PlainFailure } from "../engine/failure.ts";
import { integer, replaces, required, text } from "../properties.ts";
import { type CallbackAnswer, canonical, defineProvider, type ProviderContext } from "../provider.ts";
import type { Json } from "../template/value.ts";

const LONGEST_SERVICE_TIMEOUT_S = 3600;
const MOST_ANSWER_BYTES = 4096;
const LONGEST_PHYSICAL_ID = 1024;

interface CustomValues {
  readonly ServiceToken: string;
  readonly ServiceTimeout?: number;
}

interface Question {
  readonly RequestType: "Create" | "Update" | "Delete";
  readonly PhysicalResourceId?: string;
  readonly ResourceProperties: Json;
  readonly OldResourceProperties?: Json;
}

/** The form in which properties reach a custom resource: all scalars are strings. */
function asStrings(value: unknown): Json {
  if (Array.isArray(value)) return value.map(asStrings);
  if (value === null || typeof value !== "object") return String(value);
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, asStrings(inner)]));
}

/** Asks the function or the topic behind the service token, and waits for the answer. */
async function ask(ctx: ProviderContext, values: CustomValues, question: Question): Promise<CallbackAnswer> {
  const { ServiceToken: token, ServiceTimeout: timeoutS = LONGEST_SERVICE_TIMEOUT_S } = values;
  const callback = ctx.callbacks.open(canonical([token, question]), timeoutS * 1000);
  if (!callback.isSent) {
    const event = {
      ServiceToken: token,
      ResponseURL: callback.url,
      StackId: ctx.stackId,
      RequestId: callback.requestId,
      LogicalResourceId: ctx.logicalId,
      ResourceType: ctx.type,
      ...question,
    };
    await deliver(ctx.call, token, {
      body: JSON.stringify(event),
      subject: "AWS CloudFormation custom resource request",
    });
    ctx.callbacks.sent(callback.requestId);
  }
  const read = () => ctx.callbacks.answer(callback.requestId);
  await ctx.waitUntil(`the answer of ${token}`, async () => read() !== "waiting", Infinity);
  const answer = read();
  ctx.callbacks.done(callback.requestId);
  if (answer === "expired" || answer === "waiting") throw noAnswer(callback.requestId);
  return checked(answer, ctx, callback.requestId);
}

const noAnswer = (requestId: string) =>
  new PlainFailure(
    "CloudFormation did not receive a response from your Custom Resource. Please check your logs for requestId " +
      `[${requestId}]. If you are using the Python cfn-response module, you may need to update your Lambda function ` +
      "code so that CloudFormation can attach the updated version.",
  );

/** @throws PlainFailure for an answer that is none, and for one that says that the resource failed */
function checked(answer: CallbackAnswer, ctx: ProviderContext, requestId: string): CallbackAnswer {
  if (Buffer.byteLength(JSON.stringify(answer)) > MOST_ANSWER_BYTES)
    throw new PlainFailure("Response object is too long.");
  const { Status, Reason, PhysicalResourceId: id, RequestId, LogicalResourceId, StackId } = answer;
  if (Status !== "SUCCESS" && Status !== "FAILED")
    throw new PlainFailure("Invalid Response object: Value of 'Status' is wrong.");
  if (RequestId !== requestId || LogicalResourceId !== ctx.logicalId || StackId !== ctx.stackId) {
    throw new PlainFailure("Invalid Response object: it does not belong to the request.");
  }
  if (typeof id !== "string" || id === "" || id.length > LONGEST_PHYSICAL_ID) {
    throw new PlainFailure("Invalid PhysicalResourceId");
  }
  if (Status === "SUCCESS") return answer;
  throw new CustomResourceFailed(
    `Received response status [FAILED] from custom resource. Message returned: ${Reason ?? ""} (RequestId: ${requestId})`,
    id,
  );
}

/** What failed may have left something behind its physical id. */
class CustomResourceFailed extends PlainFailure {
  readonly physicalId: string;

  constructor(message: string, physicalId: string) {
    super(message);
    this.physicalId = physicalId;
  }
}

/**
 * A resource that a function (or whoever listens to a topic) makes, changes and removes: it is told by an event and answers at
 * a URL. Its attributes are the data of its last answer.
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/crpg-ref.html
 */
export const customResource = defineProvider({
  type: "AWS::CloudFormation::CustomResource",
  properties: {
    ServiceToken: required(replaces(text())),
    ServiceTimeout: integer({ min: 1, max: LONGEST_SERVICE_TIMEOUT_S }),
  },
  anyProperty: true,
  attributes: [],
  anyAttribute: true,

  check: ({ ServiceToken }) =>
    ServiceToken === undefined || /^arn:[\w-]+:(lambda|sns):/.test(ServiceToken)
      ? undefined
      : "#/ServiceToken: Invalid service token.",

  find: () => Promise.resolve(undefined),

  async create(ctx, values) {
    try {
      const question = { RequestType: "Create" as const, ResourceProperties: asStrings(values) };
      const { PhysicalResourceId: id = "" } = await ask(ctx, values, question);
      ctx.created(id);
      return id;
    } catch (error) {
      if (error instanceof CustomResourceFailed) ctx.created(error.physicalId);
      throw error;
    }
  },

  async update(ctx, PhysicalResourceId, before, after) {
    const answer = await ask(ctx, after, {
      RequestType: "Update",
      PhysicalResourceId,
      ResourceProperties: asStrings(after),
      OldResourceProperties: asStrings(before),
    });
    return answer.PhysicalResourceId;
  },

  async remove(ctx, PhysicalResourceId, values) {
    await ask(ctx, values, { RequestType: "Delete", PhysicalResourceId, ResourceProperties: asStrings(values) });
  },

  read: (ctx, physicalId) => Promise.resolve({ ...ctx.callbacks.data(physicalId) }),
});
