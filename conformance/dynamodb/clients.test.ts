import { CreateBucketCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { awsEnvironment, describeUnless, runProgram, whyMissing } from "../clients/tools.ts";
import { eventually, useClient, useTarget } from "../target.ts";

const TEST_MS = 120_000;

const target = useTarget();

const SCRIPT = `
import boto3, gzip, json, time
dynamodb, s3 = boto3.client("dynamodb"), boto3.client("s3")

def until(what, probe):
    deadline = time.monotonic() + 30
    while not probe():
        assert time.monotonic() < deadline, what
        time.sleep(0.05)

def table(name):
    return dynamodb.describe_table(TableName=name)["Table"]

dynamodb.create_table(TableName="boto", BillingMode="PAY_PER_REQUEST",
    KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
    AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}])
dynamodb.get_waiter("table_exists").wait(TableName="boto", WaiterConfig={"Delay": 1})
dynamodb.update_continuous_backups(TableName="boto",
    PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": True, "RecoveryPeriodInDays": 3})
ttl = {"Enabled": True, "AttributeName": "expires"}
assert dynamodb.update_time_to_live(TableName="boto", TimeToLiveSpecification=ttl)["TimeToLiveSpecification"] == ttl
dynamodb.put_item(TableName="boto", Item={"pk": {"S": "1"}, "blob": {"B": b"bytes"}, "set": {"NS": ["1", "2"]}})
dynamodb.put_item(TableName="boto", Item={"pk": {"S": "gone"}, "expires": {"N": str(int(time.time()) - 10)}})
until("expiry", lambda: "Item" not in dynamodb.get_item(TableName="boto", Key={"pk": {"S": "gone"}}))

arn = dynamodb.create_backup(TableName="boto", BackupName="boto")["BackupDetails"]["BackupArn"]
until("backup", lambda: dynamodb.describe_backup(BackupArn=arn)["BackupDescription"]["BackupDetails"]["BackupStatus"] == "AVAILABLE")
pages = dynamodb.get_paginator("list_backups").paginate(TableName="boto")
assert [b["BackupArn"] for page in pages for b in page["BackupSummaries"]] == [arn]
dynamodb.restore_table_from_backup(TargetTableName="boto-backup", BackupArn=arn)
dynamodb.restore_table_to_point_in_time(SourceTableName="boto", TargetTableName="boto-time", UseLatestRestorableTime=True)
for name in ("boto-backup", "boto-time"):
    until(name, lambda: table(name)["TableStatus"] == "ACTIVE")
    items = dynamodb.scan(TableName=name)["Items"]
    assert items == [{"pk": {"S": "1"}, "blob": {"B": b"bytes"}, "set": {"NS": ["1", "2"]}}], items
dynamodb.delete_backup(BackupArn=arn)
try:
    dynamodb.describe_backup(BackupArn=arn)
    raise AssertionError("it is refused")
except dynamodb.exceptions.BackupNotFoundException:
    pass

s3.create_bucket(Bucket="boto-exports")
export = dynamodb.export_table_to_point_in_time(TableArn=table("boto")["TableArn"], S3Bucket="boto-exports", S3Prefix="p")
arn = export["ExportDescription"]["ExportArn"]
until("export", lambda: dynamodb.describe_export(ExportArn=arn)["ExportDescription"]["ExportStatus"] == "COMPLETED")
manifest = dynamodb.describe_export(ExportArn=arn)["ExportDescription"]["ExportManifest"]
read = lambda key: s3.get_object(Bucket="boto-exports", Key=key)["Body"].read()
files = [json.loads(line) for line in read(json.loads(read(manifest))["manifestFilesS3Key"]).splitlines()]
lines = [line for f in files for line in gzip.decompress(read(f["dataFileS3Key"])).splitlines()]
assert [json.loads(line)["Item"]["blob"] for line in lines] == [{"B": "Ynl0ZXM="}], lines
assert [e["ExportArn"] for e in dynamodb.list_exports()["ExportSummaries"]] == [arn]

imported = dynamodb.import_table(InputFormat="DYNAMODB_JSON", InputCompressionType="GZIP",
    S3BucketSource={"S3Bucket": "boto-exports", "S3KeyPrefix": manifest.rsplit("/", 1)[0] + "/data/"},
    TableCreationParameters={"TableName": "boto-import", "BillingMode": "PAY_PER_REQUEST",
        "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}],
        "AttributeDefinitions": [{"AttributeName": "pk", "AttributeType": "S"}]})["ImportTableDescription"]
describe = lambda: dynamodb.describe_import(ImportArn=imported["ImportArn"])["ImportTableDescription"]
until("import", lambda: describe()["ImportStatus"] == "COMPLETED")
assert describe()["ImportedItemCount"] == 1
assert dynamodb.scan(TableName="boto-import")["Items"] == dynamodb.scan(TableName="boto")["Items"]
`;

describeUnless(whyMissing("python3", "-c", "import boto3"), "boto3 and DynamoDB's backups")("boto3", () => {
  it(
    "has items expire, backs up, restores, exports and imports",
    () => runProgram("python3", ["-c", SCRIPT], { env: awsEnvironment(target.endpoint) }),
    TEST_MS,
  );
});

describeUnless(whyMissing("aws", "--version"), "the AWS CLI and DynamoDB's backups")("the AWS CLI", () => {
  const s3 = useClient(new S3Client({ ...target.clientConfig(), forcePathStyle: true }));

  const aws = (...args: readonly string[]) =>
    runProgram("aws", [...args, "--output", "json"], { env: awsEnvironment(target.endpoint) });
  const dynamodb = async <T>(...args: readonly string[]) => JSON.parse(await aws("dynamodb", ...args)) as T;

  it(
    "imports a file, and restores the table as it was before a mistake",
    async () => {
      await s3.send(new CreateBucketCommand({ Bucket: "cli-imports" }));
      const Body = "pk,name\n1,one\n2,two\n";
      await s3.send(new PutObjectCommand({ Bucket: "cli-imports", Key: "in/a.csv", Body }));
      const { ImportTableDescription } = await dynamodb<{ ImportTableDescription: { ImportArn: string } }>(
        ...["import-table", "--s3-bucket-source", "S3Bucket=cli-imports,S3KeyPrefix=in/", "--input-format", "CSV"],
        "--table-creation-parameters",
        JSON.stringify({
          TableName: "cli",
          BillingMode: "PAY_PER_REQUEST",
          KeySchema: [{ AttributeName: "pk", KeyType: "HASH" }],
          AttributeDefinitions: [{ AttributeName: "pk", AttributeType: "S" }],
        }),
      );
      const { ImportArn } = ImportTableDescription;
      await eventually("the import", async () => {
        const done = await dynamodb<{ ImportTableDescription: { ImportStatus: string } }>(
          ...["describe-import", "--import-arn", ImportArn],
        );
        return done.ImportTableDescription.ImportStatus === "COMPLETED" ? true : undefined;
      });
      await dynamodb(
        ...["update-continuous-backups", "--table-name", "cli"],
        ...["--point-in-time-recovery-specification", "PointInTimeRecoveryEnabled=true"],
      );
      const before = new Date().toISOString();
      await aws("dynamodb", "delete-item", "--table-name", "cli", "--key", '{"pk":{"S":"1"}}');
      await dynamodb(
        ...["restore-table-to-point-in-time", "--source-table-name", "cli", "--target-table-name", "cli-restored"],
        ...["--restore-date-time", before],
      );
      const restored = await eventually("the restored table", () =>
        dynamodb<{ Count: number }>("scan", "--table-name", "cli-restored").catch(() => undefined),
      );
      expect(restored.Count).toBe(2);
    },
    TEST_MS,
  );
});
