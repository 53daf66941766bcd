import type { AwsError } from "../../../emulator/model/errors.ts";
import { validationError } from "../errors.ts";

export const alreadyEnabled = (): AwsError => validationError("TimeToLive is already enabled");

export const alreadyDisabled = (): AwsError => validationError("TimeToLive is already disabled");

export const otherAttribute = (current: string): AwsError =>
  validationError(`TimeToLive is active on a different AttributeName: current AttributeName is ${current}`);

export const changedTooOften = (): AwsError =>
  validationError("Time to live has been modified multiple times within a fixed interval");

export const cannotDescribe = (status: string): AwsError =>
  validationError(`Cannot describe time to live while table is in ${status} state: Current table state is ${status}`);
