import {
  BadRequestException$,
  ConflictException$,
  LimitExceededException$,
  NotFoundException$,
} from "@aws-sdk/client-api-gateway";
import { AwsError } from "../../emulator/model/errors.ts";

export const badRequest = (message: string): AwsError => new AwsError(BadRequestException$, message);

export const conflict = (message: string): AwsError => new AwsError(ConflictException$, message);

export const notFound = (message: string): AwsError => new AwsError(NotFoundException$, message);

export const limitExceeded = (message: string): AwsError => new AwsError(LimitExceededException$, message);

export const apiNotFound = (account: string, id: string): AwsError =>
  notFound(`Invalid API identifier specified ${account}:${id}`);

export const resourceNotFound = (): AwsError => notFound("Invalid Resource identifier specified");

export const methodNotFound = (): AwsError => notFound("Invalid Method identifier specified");

export const integrationNotFound = (): AwsError => notFound("Invalid Integration identifier specified");

export const statusCodeNotFound = (): AwsError => notFound("Invalid Response status code specified");

export const modelNotFound = (name: string): AwsError => notFound(`Invalid model name specified: ${name}`);

export const validatorNotFound = (): AwsError => notFound("Invalid Request Validator identifier specified");

export const authorizerNotFound = (): AwsError => notFound("Invalid Authorizer identifier specified");

export const deploymentNotFound = (): AwsError => notFound("Invalid Deployment identifier specified");

export const stageNotFound = (): AwsError => notFound("Invalid stage identifier specified");

export const keyNotFound = (): AwsError => notFound("Invalid API Key identifier specified");

export const planNotFound = (): AwsError => notFound("Invalid Usage Plan ID specified");

export const parameterNotFound = (): AwsError => notFound("Invalid parameter name specified");

export const contentTypeNotFound = (): AwsError => notFound("Content-Type specified was not found");

/** What API Gateway says of a setting that its own validation of a mapping refuses. */
export const invalidMapping = (problem: string): AwsError =>
  badRequest(`Validation Result: warnings : [], errors : [${problem}]`);
