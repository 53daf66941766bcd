import { apigatewayResources } from "../apigateway/resources.ts";
import { cloudwatchResources } from "../cloudwatch/resources.ts";
import { customResource } from "./custom-resource/provider.ts";
import { cloudformationResources } from "./resources.ts";
import { dynamodbResources } from "../dynamodb/resources.ts";
import { ecrResources } from "../ecr/resources.ts";
import { firehoseResources } from "../firehose/resources.ts";
import { iamResources } from "../iam/resources.ts";
import { kinesisResources } from "../kinesis/resources.ts";
import { lambdaResources } from "../lambda/resources.ts";
import { logsResources } from "../logs/resources.ts";
import { s3Resources } from "../s3/resources.ts";
import { snsResources } from "../sns/resources.ts";
import { sqsResources } from "../sqs/resources.ts";
import { ssmResources } from "../ssm/resources.ts";
import type { AnyProvider } from "./provider.ts";

const PROVIDERS: readonly AnyProvider[] = [
  ...apigatewayResources,
  ...cloudformationResources,
  ...cloudwatchResources,
  ...dynamodbResources,
  ...ecrResources,
  ...firehoseResources,
  ...iamResources,
  ...kinesisResources,
  ...lambdaResources,
  ...logsResources,
  ...s3Resources,
  ...snsResources,
  ...sqsResources,
  ...ssmResources,
];

const CUSTOM = /^Custom::[\w@-]{1,60}$/;

const BY_TYPE = new Map(PROVIDERS.map((provider) => [provider.type, provider]));

/** The provider of a resource type, undefined where Headwater has none. */
export const resourceProvider = (type: string): AnyProvider | undefined =>
  BY_TYPE.get(type) ?? (CUSTOM.test(type) ? customResource : undefined);

/** The resource types that a template can have. */
export const resourceTypes = (): string[] => [...BY_TYPE.keys()].toSorted((a, b) => (a < b ? -1 : 1));
