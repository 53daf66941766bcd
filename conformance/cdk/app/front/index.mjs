import { DynamoDBClient, GetItemCommand } from "@aws-sdk/client-dynamodb";
import { KinesisClient, PutRecordCommand } from "@aws-sdk/client-kinesis";

const dynamodb = new DynamoDBClient({});
const kinesis = new KinesisClient({});

const answer = (statusCode, body) => ({ statusCode, body: JSON.stringify(body) });

export async function handler({ httpMethod, body, pathParameters }) {
  if (httpMethod === "POST") {
    const { id, text } = JSON.parse(body);
    const Data = Buffer.from(JSON.stringify({ id, text }));
    const put = new PutRecordCommand({ StreamName: process.env.STREAM, PartitionKey: id, Data });
    const { SequenceNumber } = await kinesis.send(put);
    return answer(202, { SequenceNumber });
  }
  const get = new GetItemCommand({ TableName: process.env.TABLE, Key: { id: { S: pathParameters.id } } });
  const { Item } = await dynamodb.send(get);
  return Item ? answer(200, { id: Item.id.S, text: Item.text.S, step: Item.step.S }) : answer(404, {});
}
