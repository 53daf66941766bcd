const { CreateQueueCommand, ListQueuesCommand, SQSClient } = require("@aws-sdk/client-sqs");

/** Makes a queue; the names of all that there are. */
exports.listWithOwn = async (name) => {
  const sqs = new SQSClient();
  await sqs.send(new CreateQueueCommand({ QueueName: name }));
  const { QueueUrls = [] } = await sqs.send(new ListQueuesCommand());
  return QueueUrls.map((url) => url.split("/").at(-1));
};
