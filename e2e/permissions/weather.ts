import { BatchGetItemCommand, DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { destinationIsRefused, eventWaits, failureIsNotKept, linesAreLost, type Way } from "./checks.ts";
import { NO_JSON, putOnStream, reading, through } from "./shared-checks.ts";
import type { Checks } from "./suite.ts";
import type { Workbench } from "./workbench.ts";

export const weatherChecks = (bench: Workbench): Checks => {
  let stations = 0;
  const way: Way = {
    async send() {
      const Station = `STATION${++stations}`;
      await putOnStream(bench, { Station, Date: "2021-10-01", MinimumTemperatureF: 40 });
      return Station;
    },
    async isStored(id) {
      const Keys = [{ Station: { S: id }, Date: { S: "2021-10-01" } }];
      const tables = ["StationsTable", "DaysTable"].map((table) => [bench.physical(table), { Keys }]);
      const { Responses = {} } = await new DynamoDBClient(bench.pipeline.target.clientConfig).send(
        new BatchGetItemCommand({ RequestItems: Object.fromEntries(tables) }),
      );
      return Object.values(Responses).flat().length === tables.length;
    },
  };
  const role = "KinesisLambdaConsumerRole";
  const waits = eventWaits(bench, "Function", way);
  const fail = () => putOnStream(bench, NO_JSON);
  return {
    ...reading(bench, role, "StreamMapping", way),
    [`${role} StoreObservations dynamodb:BatchWriteItem table/weather-by-station`]: waits,
    [`${role} StoreObservations dynamodb:BatchWriteItem table/weather-by-date`]: waits,
    [`${role} KeepFailures s3:PutObject`]: failureIsNotKept(bench, {
      ...{ mappingId: "StreamMapping", bucketId: "FailuresBucket", fail },
    }),
    [`${role} FindFailuresBucket s3:ListBucket`]: destinationIsRefused(bench, "StreamMapping"),
    [`${role} AWSLambdaBasicExecutionRole *`]: linesAreLost(bench, "Function", through(way, bench)),
  };
};
