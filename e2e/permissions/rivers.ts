import { randomUUID } from "node:crypto";
import { DynamoDBClient, QueryCommand } from "@aws-sdk/client-dynamodb";
import { destinationIsRefused, eventWaits, failureIsNotKept, inNewEnvironment, type Way } from "./checks.ts";
import { logging, NO_JSON, putOnStream, reading, through } from "./shared-checks.ts";
import type { Checks } from "./suite.ts";
import type { Workbench } from "./workbench.ts";

export const riversChecks = (bench: Workbench): Checks => {
  const way: Way = {
    async send() {
      const id = randomUUID();
      await putOnStream(bench, { Waterbody_Name: "Brook", County: id });
      return id;
    },
    async isStored(id) {
      const { Count = 0 } = await new DynamoDBClient(bench.pipeline.target.clientConfig).send(
        new QueryCommand({
          TableName: bench.physical("CountsTable"),
          KeyConditionExpression: "County = :county",
          ExpressionAttributeValues: { ":county": { S: id } },
        }),
      );
      return Count > 0;
    },
  };
  const fail = () => putOnStream(bench, NO_JSON);
  const waits = eventWaits(bench, "Function", way);
  return {
    ...reading(bench, "FunctionRole", "StreamMapping", way),
    "FunctionRole WriteCounts dynamodb:PutItem": waits,
    "FunctionRole KeepCheckpoints dynamodb:GetItem": inNewEnvironment(bench, "Function", waits),
    "FunctionRole KeepCheckpoints dynamodb:PutItem": waits,
    "FunctionRole KeepFailures s3:PutObject": failureIsNotKept(bench, {
      ...{ mappingId: "StreamMapping", bucketId: "FailuresBucket", fail },
    }),
    "FunctionRole FindFailuresBucket s3:ListBucket": destinationIsRefused(bench, "StreamMapping"),
    ...logging(bench, "FunctionRole", "Function", through(way, bench)),
  };
};
