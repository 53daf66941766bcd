// A client as the SDK makes it by itself, in a process of its own, which the end of a session may end.
import { KinesisClient, PutRecordsCommand } from "@aws-sdk/client-kinesis";

const [endpoint, region, StreamName] = process.argv.slice(2);
const credentials = { accessKeyId: "test", secretAccessKey: "test" };
const client = new KinesisClient({ endpoint, region, credentials, maxAttempts: 1 });
const Records = Array.from({ length: 500 }, (_, index) => ({ PartitionKey: `key ${index}`, Data: Buffer.alloc(100) }));
for (let call = 0; call < 10; call++) await client.send(new PutRecordsCommand({ StreamName, Records }));
client.destroy();
