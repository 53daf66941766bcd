// constructs tie themselves to their scope: nothing keeps them
/* oxlint-disable no-new */
// The app that the suite deploys, as a user of the CDK would write it: a stream, a function that writes what comes by it to a
// table with a replica, and a REST API that puts records on the stream and reads from the table.
import { App, CfnOutput, RemovalPolicy, Stack } from "aws-cdk-lib";
import * as apigateway from "aws-cdk-lib/aws-apigateway";
import * as dynamodb from "aws-cdk-lib/aws-dynamodb";
import * as kinesis from "aws-cdk-lib/aws-kinesis";
import * as lambda from "aws-cdk-lib/aws-lambda";
import { KinesisEventSource } from "aws-cdk-lib/aws-lambda-event-sources";
import * as s3 from "aws-cdk-lib/aws-s3";
import { fileURLToPath } from "node:url";

const code = (folder) => lambda.Code.fromAsset(fileURLToPath(new URL(folder, import.meta.url)));

class Pipeline extends Stack {
  constructor(scope, id, props) {
    super(scope, id, props);
    const stream = new kinesis.Stream(this, "Stream", { shardCount: 1 });
    const table = new dynamodb.TableV2(this, "Table", {
      partitionKey: { name: "id", type: dynamodb.AttributeType.STRING },
      globalSecondaryIndexes: [
        { indexName: "by-step", partitionKey: { name: "step", type: dynamodb.AttributeType.STRING } },
      ],
      timeToLiveAttribute: "expires",
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      replicas: [{ region: "eu-west-1" }],
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const consumer = new lambda.Function(this, "Consumer", {
      runtime: lambda.Runtime.NODEJS_24_X,
      handler: "index.handler",
      code: code("./consumer"),
      environment: { TABLE: table.tableName, STEP: this.node.tryGetContext("step") ?? "one" },
    });
    consumer.addEventSource(
      new KinesisEventSource(stream, { startingPosition: lambda.StartingPosition.TRIM_HORIZON, batchSize: 10 }),
    );
    table.grantWriteData(consumer);

    const front = new lambda.Function(this, "Front", {
      runtime: lambda.Runtime.NODEJS_24_X,
      handler: "index.handler",
      code: code("./front"),
      environment: { TABLE: table.tableName, STREAM: stream.streamName },
    });
    stream.grantWrite(front);
    table.grantReadData(front);
    if (this.node.tryGetContext("api") !== "off") {
      const api = new apigateway.RestApi(this, "Api", { deployOptions: { stageName: "v1" }, cloudWatchRole: false });
      const items = api.root.addResource("items");
      items.addMethod("POST", new apigateway.LambdaIntegration(front));
      items.addResource("{id}").addMethod("GET", new apigateway.LambdaIntegration(front));
    }

    const bucket = new s3.Bucket(this, "Bucket", {
      versioned: true,
      removalPolicy: RemovalPolicy.DESTROY,
      autoDeleteObjects: true,
    });
    new CfnOutput(this, "TableName", { value: table.tableName });
    new CfnOutput(this, "StreamName", { value: stream.streamName });
    new CfnOutput(this, "BucketName", { value: bucket.bucketName });
  }
}

const app = new App();
new Pipeline(app, "Pipeline", { env: { account: "000000000000", region: "us-east-1" } });
