import { partitionKeysIn } from "./delivery/prefix.ts";
import { invalidArgument } from "./errors.ts";
import type { Destination, Processor, ProcessorType } from "./model.ts";

/** A processor as clients give it. */
export interface ProcessorInput {
  readonly Type: string;
  readonly Parameters?: readonly { readonly ParameterName: string; readonly ParameterValue: string }[] | undefined;
}

const MOST_PROCESSORS = 5;
const DEFAULT_RETRIES = 3;
const MOST_RETRIES = 300;
const DEFAULT_BUFFER_MIB = 1;
const DEFAULT_INTERVAL_SECONDS = 60;

export const parameter = (processor: Processor | undefined, name: string): string | undefined =>
  processor?.parameters.find(([known]) => known === name)?.[1];

/** The parameters that a type of processor takes. */
const KNOWN: Readonly<Record<ProcessorType, readonly string[]>> = {
  Lambda: ["LambdaArn", "NumberOfRetries", "RoleArn", "BufferSizeInMBs", "BufferIntervalInSeconds"],
  MetadataExtraction: ["MetadataExtractionQuery", "JsonParsingEngine"],
  RecordDeAggregation: ["SubRecordType", "Delimiter"],
  AppendDelimiterToRecord: ["Delimiter"],
  Decompression: ["CompressionFormat"],
  CloudWatchLogProcessing: ["DataMessageExtraction"],
};

/**
 * Reads processors, with AWS's defaults for what is not given.
 * @throws AwsError InvalidArgumentException
 * @see https://docs.aws.amazon.com/firehose/latest/APIReference/API_ProcessorParameter.html
 */
export function readProcessors(inputs: readonly ProcessorInput[], roleArn: string): Processor[] {
  return inputs.map(({ Type, Parameters = [] }) => {
    const type = Type as ProcessorType;
    const given = new Map(Parameters.map(({ ParameterName, ParameterValue }) => [ParameterName, ParameterValue]));
    for (const name of given.keys()) {
      if (!KNOWN[type].includes(name))
        throw invalidArgument(`Parameter ${name} is not supported by processor ${type}.`);
    }
    return { type, parameters: [...canonical(type, given, roleArn)] };
  });
}

function canonical(
  type: ProcessorType,
  given: ReadonlyMap<string, string>,
  roleArn: string,
): Iterable<readonly [string, string]> {
  switch (type) {
    case "Lambda":
      return lambdaParameters(given, roleArn);
    case "MetadataExtraction":
      return metadataParameters(given);
    case "RecordDeAggregation":
      return deAggregationParameters(given);
    case "AppendDelimiterToRecord":
      // always a line feed: AWS drops what is given
      return [];
    case "Decompression":
      return [["CompressionFormat", decompressionFormat(given.get("CompressionFormat") ?? "GZIP")]];
    case "CloudWatchLogProcessing":
      return [["DataMessageExtraction", messageExtraction(given.get("DataMessageExtraction"))]];
  }
}

function lambdaParameters(given: ReadonlyMap<string, string>, roleArn: string): [string, string][] {
  const lambdaArn = given.get("LambdaArn");
  if (lambdaArn === undefined) throw invalidArgument("LambdaArn is required when Lambda processor is used.");
  if (!/^arn:[^:]*:lambda:[^:]+:\d{12}:function:[\w$:.-]+$/.test(lambdaArn)) {
    throw invalidArgument(`LambdaArn ${lambdaArn} is not the ARN of a Lambda function.`);
  }
  const size = given.get("BufferSizeInMBs");
  const interval = given.get("BufferIntervalInSeconds");
  if ((size === undefined) !== (interval === undefined)) {
    throw invalidArgument(
      "Both BufferSizeInMBs and BufferIntervalInSeconds are required to configure buffering for lambda processor.",
    );
  }
  const retries = given.get("NumberOfRetries") ?? String(DEFAULT_RETRIES);
  if (!isWithin(retries, 0, MOST_RETRIES, true)) {
    throw invalidArgument(`Number of retries for lambda must be between 0 and ${MOST_RETRIES}.`);
  }
  if (size !== undefined && !isWithin(size, 0.2, 3, false)) {
    throw invalidArgument("BufferSizeInMBs for lambda processor must be between 0.2 and 3.");
  }
  if (interval !== undefined && !isWithin(interval, 0, 900, true)) {
    throw invalidArgument("BufferIntervalInSeconds for lambda processor must be between 0 and 900.");
  }
  return [
    ["LambdaArn", lambdaArn],
    ["NumberOfRetries", retries],
    ["RoleArn", given.get("RoleArn") ?? roleArn],
    ["BufferSizeInMBs", size ?? String(DEFAULT_BUFFER_MIB)],
    ["BufferIntervalInSeconds", interval ?? String(DEFAULT_INTERVAL_SECONDS)],
  ];
}

const isWithin = (text: string, least: number, most: number, isWhole: boolean): boolean =>
  (isWhole ? /^\d+$/ : /^\d+(\.\d+)?$/).test(text) && Number(text) >= least && Number(text) <= most;

function metadataParameters(given: ReadonlyMap<string, string>): [string, string][] {
  const query = given.get("MetadataExtractionQuery");
  if (given.get("JsonParsingEngine") !== "JQ-1.6") {
    throw invalidArgument("MetaDataExtraction JSON Parsing Engine has to be one of JQ-1.6");
  }
  if (query === undefined)
    throw invalidArgument("MetadataExtractionQuery is required for MetadataExtraction processor.");
  return [
    ["MetadataExtractionQuery", query],
    ["JsonParsingEngine", "JQ-1.6"],
  ];
}

function deAggregationParameters(given: ReadonlyMap<string, string>): [string, string][] {
  const type = given.get("SubRecordType");
  const delimiter = given.get("Delimiter");
  if (type !== "JSON" && type !== "DELIMITED") throw invalidArgument("SubRecordType has to be one of JSON, DELIMITED");
  if (type === "JSON") {
    if (delimiter !== undefined) throw invalidArgument("Delimiter should not be present for JSON");
    return [["SubRecordType", type]];
  }
  if (delimiter === undefined) throw invalidArgument("Delimiter should be present for DELIMITED");
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(delimiter) || Buffer.from(delimiter, "base64").byteLength === 0) {
    throw invalidArgument("Delimiter has to be base64 encoded");
  }
  return [
    ["SubRecordType", type],
    ["Delimiter", delimiter],
  ];
}

function decompressionFormat(format: string): string {
  if (format !== "GZIP") throw invalidArgument("CompressionFormat for Decompression processor has to be one of GZIP");
  return format;
}

function messageExtraction(value: string | undefined): string {
  const lower = value?.toLowerCase();
  if (lower !== "true" && lower !== "false") {
    throw invalidArgument("Invalid parameter value for DataMessageExtraction. Allowed values are True and False.");
  }
  return lower;
}

/**
 * Checks the processors of a destination with each other and with its other settings.
 * @throws AwsError InvalidArgumentException
 */
export function checkProcessors(destination: Destination): void {
  const { dynamicPartitioning } = destination;
  const { enabled, processors } = destination.processing;
  const count = (type: ProcessorType) => processors.filter((processor) => processor.type === type).length;
  if (enabled && (processors.length < 1 || processors.length > MOST_PROCESSORS)) {
    throw invalidArgument(
      `A maximum of ${MOST_PROCESSORS} and a minimum of 1 processor needs to be supplied when processing is enabled.`,
    );
  }
  for (const type of ["Lambda", "MetadataExtraction", "RecordDeAggregation"] as const) {
    if (count(type) > 1) throw invalidArgument(`Cannot have more than 1 ${type} processor.`);
  }
  if (count("CloudWatchLogProcessing") > 0 && count("Decompression") === 0) {
    throw invalidArgument("CloudWatchLogProcessingProcessor can only be enabled with DecompressionProcessor");
  }
  if (dynamicPartitioning?.enabled) return checkSourcesOfKeys(destination);
  for (const type of ["MetadataExtraction", "RecordDeAggregation"] as const) {
    if (count(type) > 0) {
      throw invalidArgument(
        `class com.amazonaws.services.firehose.internal.model.${type}Processor can only be present when Dynamic ` +
          "Partitioning is enabled.",
      );
    }
  }
}

/** Whatever makes the keys that the prefix asks for has to be at work. */
function checkSourcesOfKeys(destination: Destination): void {
  const { query, lambda } = partitionKeysIn(destination.prefix);
  if (query.length > 0 && !activeProcessor(destination, "MetadataExtraction")) {
    throw invalidArgument(
      "MetadataExtraction processor should be present when S3 Prefix has partitionKeyFromQuery namespace.",
    );
  }
  if (lambda.length > 0 && !activeProcessor(destination, "Lambda")) {
    throw invalidArgument("Lambda processor should be present when S3 Prefix has partitionKeyFromLambda namespace.");
  }
}

/** The processor of a type that is at work; undefined: there is none, or processing is switched off. */
export const activeProcessor = ({ processing }: Destination, type: ProcessorType): Processor | undefined =>
  processing.enabled ? processing.processors.find((processor) => processor.type === type) : undefined;
