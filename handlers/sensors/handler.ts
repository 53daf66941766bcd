import { Logger } from "@aws-lambda-powertools/logger";
import { PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import type { APIGatewayProxyEvent } from "aws-lambda";
import { answer, apiHandler, jsonBody } from "../api-answer.ts";
import { environment } from "../environment.ts";
import { keyOf, sensorEventOf, storedEvent } from "./sensor-event.ts";

const logger = new Logger({ serviceName: "sensors" });
const s3 = new S3Client();
const bucket = environment("EVENTS_BUCKET");

/** POST /events: stores one event as one JSON object. The first one of an id stays; 201 for it, 200 for its repetitions. */
export const handler = apiHandler(logger, store, "event refused");

async function store({ body, isBase64Encoded }: APIGatewayProxyEvent) {
  const event = sensorEventOf(jsonBody(body, isBase64Encoded));
  const stored = storedEvent(event, new Date());
  const key = keyOf(event);
  const isNew = await put(key, JSON.stringify(stored));
  logger.info(isNew ? "event stored" : "event is there already", { id: event.id, key });
  return answer(isNew ? 201 : 200, { id: event.id, bucket, key });
}

/** False when the object is there already. */
async function put(key: string, body: string): Promise<boolean> {
  try {
    await s3.send(
      new PutObjectCommand({ Bucket: bucket, Key: key, Body: body, ContentType: "application/json", IfNoneMatch: "*" }),
    );
    return true;
  } catch (error) {
    if ((error as Error).name === "PreconditionFailed") return false;
    throw error;
  }
}
