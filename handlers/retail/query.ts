import { Logger } from "@aws-lambda-powertools/logger";
import { DynamoDBClient, QueryCommand } from "@aws-sdk/client-dynamodb";
import type { APIGatewayProxyEvent, APIGatewayProxyEventPathParameters, APIGatewayProxyResult } from "aws-lambda";
import { answer, apiHandler, BadRequest } from "../api-answer.ts";
import { environment } from "../environment.ts";
import { lineOf } from "./line-items.ts";
import { type Page, pageOf, tokenOf } from "./paging.ts";

const logger = new Logger({ serviceName: "retail-query" });
const client = new DynamoDBClient();

/** The two keys that lines are found by: each is the partition key of its table. */
const TABLES = {
  InvoiceNo: { name: environment("INVOICES_TABLE"), sortKey: "Line" },
  CustomerID: { name: environment("CUSTOMERS_TABLE"), sortKey: "InvoiceLine" },
} as const;

type KeyName = keyof typeof TABLES;

/** GET /invoices/{InvoiceNo}, /customers/{CustomerID}/invoices, /query?InvoiceNo=|CustomerID=: lines, page by page. */
export const handler = apiHandler(logger, async (event) => {
  const { key, value } = askedFor(event);
  return find(key, value, pageOf(event.queryStringParameters));
});

function askedFor({ pathParameters, queryStringParameters }: APIGatewayProxyEvent): { key: KeyName; value: string } {
  // what the path names is what is asked for, whatever else the query says
  const given = pathParameters === null ? (queryStringParameters ?? {}) : decoded(pathParameters);
  const keys = (Object.keys(TABLES) as KeyName[]).filter((name) => given[name] !== undefined);
  const [key] = keys;
  if (key === undefined) throw new BadRequest("Give InvoiceNo or CustomerID.");
  if (keys.length > 1) throw new BadRequest("Give either InvoiceNo or CustomerID.");
  const value = given[key]!.trim();
  if (value === "") throw new BadRequest(`${key} is empty.`, key);
  return { key, value };
}

/** API Gateway hands on path parameters as they came. */
function decoded(parameters: APIGatewayProxyEventPathParameters): APIGatewayProxyEventPathParameters {
  try {
    return Object.fromEntries(
      Object.entries(parameters).map(([name, value]) => [name, value && decodeURIComponent(value)]),
    );
  } catch {
    throw new BadRequest("The path is not well encoded.");
  }
}

async function find(key: KeyName, value: string, { limit, start }: Page): Promise<APIGatewayProxyResult> {
  const { Items = [], LastEvaluatedKey: last } = await client.send(
    new QueryCommand({
      TableName: TABLES[key].name,
      KeyConditionExpression: "#key = :value",
      ExpressionAttributeNames: { "#key": key },
      ExpressionAttributeValues: { ":value": { S: value } },
      Limit: limit,
      ...(start && { ExclusiveStartKey: { [key]: { S: value }, [TABLES[key].sortKey]: { S: start } } }),
    }),
  );
  // a page behind the last line is empty and no error
  if (Items.length === 0 && start === undefined) return answer(404, { message: `There is no ${key} ${value}.` });
  const next = last?.[TABLES[key].sortKey]?.S;
  return answer(200, {
    [key]: value,
    lines: Items.map(lineOf),
    ...(next !== undefined && { nextToken: tokenOf(next) }),
  });
}
