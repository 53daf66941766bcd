import type { Scope } from "./model.ts";

export const streamArn = ({ account, region }: Scope, name: string): string =>
  `arn:aws:firehose:${region}:${account}:deliverystream/${name}`;

/** A stream has one destination, and it has always this id. */
export const DESTINATION_ID = "destinationId-000000000001";

export const bucketOf = (bucketArn: string): string => bucketArn.slice(bucketArn.lastIndexOf(":") + 1);
