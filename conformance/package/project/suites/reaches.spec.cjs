const { CreateQueueCommand, ListQueuesCommand, SQSClient } = require("@aws-sdk/client-sqs");
const { emulator } = require("headwater/jest");

const sqs = new SQSClient();
const queues = async () => (await sqs.send(new ListQueuesCommand())).QueueUrls ?? [];

it("is reached by a client without settings", async () => {
  const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: "orders" }));
  expect(await queues()).toEqual([QueueUrl]);
  expect(QueueUrl).toBe(`${emulator.endpoint}/000000000000/orders`);
});

it("forgets by reset(), at the same endpoint", async () => {
  const { endpoint } = emulator;
  await emulator.reset();
  expect(emulator.endpoint).toBe(endpoint);
  expect(await queues()).toEqual([]);
});

it("is given to clients by clientConfig() as well", async () => {
  const other = new SQSClient(emulator.clientConfig());
  await other.send(new CreateQueueCommand({ QueueName: "other" }));
  expect(await queues()).toHaveLength(1);
});

it("says by name what was waited for in vain", async () => {
  await expect(emulator.eventually("the cows come home", () => undefined, 20)).rejects.toThrow(
    "not within 20 ms: the cows come home",
  );
});

it("has the time of the machine unless said", () => {
  expect(() => emulator.clock).toThrow("@jest-environment-options");
});
