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
