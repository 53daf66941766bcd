/**
 * List prices in US dollars, of the first tier and without the free tier. Where they change, this is the place: each is on
 * the page "pricing" of its service (https://aws.amazon.com/pricing/).
 */
export const PRICES = {
  region: "us-east-1",
  asOf: "February 2026",
  kinesis: {
    shardHour: 0.015,
    /** A million records of up to 25 KB. */
    millionPutUnits: 0.014,
    /** Beyond the first 24 hours. */
    extendedRetentionShardHour: 0.02,
    onDemandStreamHour: 0.04,
    onDemandGbIn: 0.08,
    onDemandGbOut: 0.04,
  },
  firehose: { gb: 0.029 },
  lambda: { millionRequests: 0.2, gbSecondArm: 0.0000133334, gbSecondX86: 0.0000166667 },
  apiGateway: { millionCalls: 3.5 },
  dynamodb: {
    millionWrites: 0.625,
    millionReads: 0.125,
    readUnitHour: 0.00013,
    writeUnitHour: 0.00065,
    storedGb: 0.25,
    recoveryGb: 0.2,
  },
  s3: { thousandPuts: 0.005, storedGb: 0.023 },
  cloudwatch: { alarm: 0.1, quickAlarm: 0.3, compositeAlarm: 0.5, metric: 0.3, dashboard: 3, logGb: 0.5 },
  sns: { millionMessages: 0.5 },
  sqs: { millionRequests: 0.4 },
  kms: { key: 1, tenThousandRequests: 0.03 },
} as const;
