"""What a boto3 program does with AWS, one function a check: python3 boto3-checks.py CHECK FOLDER

Every check cleans up after itself, and ends with an exception when something is not as AWS would have it. The zips of
the functions are in FOLDER, which is also for files of its own. Waiters ask more often than they would by themselves.
"""

import io
import json
import os
import urllib.request
from decimal import Decimal

import boto3
from boto3.dynamodb.conditions import Attr, Key
from boto3.s3.transfer import TransferConfig
from botocore.exceptions import EventStreamError
from boto3_tools import FOLDER, TRUST, equal, eventually, refused, run, wait, zipped


def kinesis():
    client = boto3.client("kinesis")
    for number in range(3):
        client.create_stream(StreamName=f"boto3-{number}", ShardCount=2)
        wait(client, "stream_exists", StreamName=f"boto3-{number}")
    pages = list(client.get_paginator("list_streams").paginate(PaginationConfig={"PageSize": 2}))
    assert len(pages) >= 2
    assert {f"boto3-{n}" for n in range(3)} <= {name for page in pages for name in page["StreamNames"]}
    pages = client.get_paginator("describe_stream").paginate(StreamName="boto3-0", PaginationConfig={"PageSize": 1})
    shards = [shard["ShardId"] for page in pages for shard in page["StreamDescription"]["Shards"]]
    equal(shards, ["shardId-000000000000", "shardId-000000000001"])

    sent = [{"Data": bytes([n, 0, 255]), "PartitionKey": f"key-{n}"} for n in range(100)]
    answer = client.put_records(StreamName="boto3-0", Records=sent)
    equal(answer["FailedRecordCount"], 0)
    read = []
    for shard in shards:
        iterator = client.get_shard_iterator(StreamName="boto3-0", ShardId=shard, ShardIteratorType="TRIM_HORIZON")
        read += client.get_records(ShardIterator=iterator["ShardIterator"])["Records"]
    equal(sorted(r["Data"] for r in read), [r["Data"] for r in sent])
    equal({r["SequenceNumber"] for r in read}, {r["SequenceNumber"] for r in answer["Records"]})
    for number in range(3):
        client.delete_stream(StreamName=f"boto3-{number}")
        wait(client, "stream_not_exists", StreamName=f"boto3-{number}")
    refused("ResourceNotFoundException", client.describe_stream_summary, StreamName="boto3-0")


def kinesis_fan_out():
    client = boto3.client("kinesis")
    client.create_stream(StreamName="boto3-fan-out", ShardCount=1)
    wait(client, "stream_exists", StreamName="boto3-fan-out")
    stream = client.describe_stream_summary(StreamName="boto3-fan-out")["StreamDescriptionSummary"]["StreamARN"]
    consumer = client.register_stream_consumer(StreamARN=stream, ConsumerName="reader")["Consumer"]["ConsumerARN"]
    pages = client.get_paginator("list_stream_consumers").paginate(StreamARN=stream)
    equal([listed["ConsumerARN"] for page in pages for listed in page["Consumers"]], [consumer])

    subscribed = {"ConsumerARN": consumer, "ShardId": "shardId-000000000000"}
    events = client.subscribe_to_shard(**subscribed, StartingPosition={"Type": "TRIM_HORIZON"})["EventStream"]
    sent = [{"Data": bytes([n, 0, 255]), "PartitionKey": f"key-{n}"} for n in range(100)]
    client.put_records(StreamName="boto3-fan-out", Records=sent)
    read = []
    for event in events:
        read += event["SubscribeToShardEvent"]["Records"]
        if len(read) == len(sent):
            break
    equal([record["Data"] for record in read], [record["Data"] for record in sent])
    again = {"Type": "AFTER_SEQUENCE_NUMBER", "SequenceNumber": read[-1]["SequenceNumber"]}
    refused("ResourceInUseException", client.subscribe_to_shard, **subscribed, StartingPosition=again)

    client.deregister_stream_consumer(ConsumerARN=consumer)
    try:
        for event in events:
            equal(event["SubscribeToShardEvent"]["Records"], [])
        raise AssertionError("an error was to end the events")
    except EventStreamError as error:
        equal(error.response["Error"]["Code"], "ResourceNotFoundException")
    client.delete_stream(StreamName="boto3-fan-out", EnforceConsumerDeletion=True)


def dynamodb_client():
    client = boto3.client("dynamodb")
    client.create_table(
        TableName="boto3",
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[
            {"AttributeName": "pk", "AttributeType": "S"},
            {"AttributeName": "sk", "AttributeType": "N"},
        ],
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}],
    )
    wait(client, "table_exists", TableName="boto3")
    puts = [
        {"PutRequest": {"Item": {"pk": {"S": "a"}, "sk": {"N": str(n)}, "b": {"B": b"\x00\xff"}}}} for n in range(25)
    ]
    equal(client.batch_write_item(RequestItems={"boto3": puts})["UnprocessedItems"], {})
    pages = list(
        client.get_paginator("query").paginate(
            TableName="boto3",
            KeyConditionExpression="pk = :pk AND sk BETWEEN :low AND :high",
            ExpressionAttributeValues={":pk": {"S": "a"}, ":low": {"N": "3"}, ":high": {"N": "20"}},
            PaginationConfig={"PageSize": 5},
        )
    )
    assert len(pages) >= 4
    equal([item["sk"]["N"] for page in pages for item in page["Items"]], [str(n) for n in range(3, 21)])
    equal(
        client.get_paginator("scan")
        .paginate(TableName="boto3", PaginationConfig={"PageSize": 7})
        .build_full_result()["Count"],
        25,
    )
    item = client.get_item(TableName="boto3", Key={"pk": {"S": "a"}, "sk": {"N": "4.0"}})["Item"]
    equal(item, {"pk": {"S": "a"}, "sk": {"N": "4"}, "b": {"B": b"\x00\xff"}})
    transaction = [
        {"Delete": {"TableName": "boto3", "Key": {"pk": {"S": "a"}, "sk": {"N": "1"}}}},
        {
            "ConditionCheck": {
                "TableName": "boto3",
                "Key": {"pk": {"S": "a"}, "sk": {"N": "99"}},
                "ConditionExpression": "attribute_exists(pk)",
            }
        },
    ]
    error = refused("TransactionCanceledException", client.transact_write_items, TransactItems=transaction)
    equal([reason["Code"] for reason in error["CancellationReasons"]], ["None", "ConditionalCheckFailed"])
    assert "boto3" in client.get_paginator("list_tables").paginate().build_full_result()["TableNames"]
    client.delete_table(TableName="boto3")
    wait(client, "table_not_exists", TableName="boto3")


def dynamodb_streams():
    client, streams = boto3.client("dynamodb"), boto3.client("dynamodbstreams")
    created = client.create_table(
        TableName="boto3-streamed",
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
        StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"},
    )
    arn = created["TableDescription"]["LatestStreamArn"]
    wait(client, "table_exists", TableName="boto3-streamed")
    for number in range(20):
        item = {"pk": {"S": str(number % 10)}, "b": {"B": b"\x00\xff"}, "n": {"N": str(number)}}
        client.put_item(TableName="boto3-streamed", Item=item)
    equal([one["StreamArn"] for one in streams.list_streams(TableName="boto3-streamed")["Streams"]], [arn])
    stream = streams.describe_stream(StreamArn=arn)["StreamDescription"]
    equal((stream["StreamStatus"], len(stream["Shards"])), ("ENABLED", 4))
    records = []
    for shard in stream["Shards"]:
        place = streams.get_shard_iterator(StreamArn=arn, ShardId=shard["ShardId"], ShardIteratorType="TRIM_HORIZON")
        records += streams.get_records(ShardIterator=place["ShardIterator"], Limit=1000)["Records"]
    records.sort(key=lambda record: int(record["dynamodb"]["SequenceNumber"]))
    equal([record["eventName"] for record in records], ["INSERT"] * 10 + ["MODIFY"] * 10)
    last = records[-1]["dynamodb"]
    equal(last["OldImage"]["n"], {"N": "9"})
    equal(last["NewImage"], {"pk": {"S": "9"}, "b": {"B": b"\x00\xff"}, "n": {"N": "19"}})
    assert last["ApproximateCreationDateTime"].tzinfo is not None
    place = {"ShardId": "shardId-" + "0" * 29, "ShardIteratorType": "LATEST"}
    refused("ResourceNotFoundException", streams.get_shard_iterator, StreamArn=arn, **place)
    refused("ValidationException", streams.get_shard_iterator, StreamArn="x" * 40, **place)
    client.delete_table(TableName="boto3-streamed")
    wait(client, "table_not_exists", TableName="boto3-streamed")


def dynamodb_resource():
    dynamodb = boto3.resource("dynamodb")
    table = dynamodb.create_table(
        TableName="boto3-resource",
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[
            {"AttributeName": "county", "AttributeType": "S"},
            {"AttributeName": "at", "AttributeType": "S"},
        ],
        KeySchema=[{"AttributeName": "county", "KeyType": "HASH"}, {"AttributeName": "at", "KeyType": "RANGE"}],
    )
    wait(table.meta.client, "table_exists", TableName=table.name)
    with table.batch_writer() as batch:
        for number in range(60):
            batch.put_item(
                Item={"county": "Ulster", "at": f"2026-01-{number:02}", "count": number, "share": Decimal("0.1")}
            )
    found = table.query(
        KeyConditionExpression=Key("county").eq("Ulster") & Key("at").begins_with("2026-01-1"),
        FilterExpression=Attr("count").gt(14),
    )
    equal(
        [(int(item["count"]), item["share"]) for item in found["Items"]], [(n, Decimal("0.1")) for n in range(15, 20)]
    )
    item = {
        "county": "Essex",
        "at": "now",
        "tags": {"a", "b"},
        "bytes": {b"\x00"},
        "numbers": {Decimal("1.5"), Decimal(2)},
        "nested": {"list": [None, True, "x"]},
    }
    table.put_item(Item=item, ConditionExpression=Attr("county").not_exists())
    equal(table.get_item(Key={"county": "Essex", "at": "now"})["Item"], item)
    refused(
        "ConditionalCheckFailedException", table.put_item, Item=item, ConditionExpression=Attr("county").not_exists()
    )
    updated = table.update_item(
        Key={"county": "Essex", "at": "now"},
        UpdateExpression="ADD #n :one SET nested.#list[3] = :text REMOVE tags",
        ConditionExpression=Attr("tags").contains("a") & ~Attr("count").exists(),
        ExpressionAttributeNames={"#n": "count", "#list": "list"},
        ExpressionAttributeValues={":one": 1, ":text": "y"},
        ReturnValues="ALL_NEW",
    )["Attributes"]
    equal((updated["count"], updated["nested"], "tags" in updated), (1, {"list": [None, True, "x", "y"]}, False))
    table.delete()
    wait(table.meta.client, "table_not_exists", TableName=table.name)


def s3():
    client = boto3.client("s3")
    client.create_bucket(Bucket="boto3-bucket")
    wait(client, "bucket_exists", Bucket="boto3-bucket")
    body = bytes(range(256)) * 4096 * 12  # 12 MiB
    with open(os.path.join(FOLDER, "upload"), "wb") as file:
        file.write(body)
    parts = TransferConfig(multipart_threshold=5 * 1024**2, multipart_chunksize=5 * 1024**2, max_concurrency=3)
    client.upload_file(
        file.name,
        "boto3-bucket",
        "dir/large ü+.bin",
        Config=parts,
        ExtraArgs={"Metadata": {"river": "hudson"}, "ContentType": "x/y"},
    )
    wait(client, "object_exists", Bucket="boto3-bucket", Key="dir/large ü+.bin")
    head = client.head_object(Bucket="boto3-bucket", Key="dir/large ü+.bin")
    equal(
        (head["ContentLength"], head["Metadata"], head["ContentType"], head["ETag"][-3:]),
        (len(body), {"river": "hudson"}, "x/y", '-3"'),
    )
    client.download_file("boto3-bucket", "dir/large ü+.bin", os.path.join(FOLDER, "download"), Config=parts)
    with open(os.path.join(FOLDER, "download"), "rb") as file:
        assert file.read() == body
    part = client.get_object(Bucket="boto3-bucket", Key="dir/large ü+.bin", Range="bytes=-3")
    equal(
        (part["Body"].read(), part["ContentRange"]), (body[-3:], f"bytes {len(body) - 3}-{len(body) - 1}/{len(body)}")
    )
    client.upload_fileobj(io.BytesIO(b"small"), "boto3-bucket", "small")
    client.copy({"Bucket": "boto3-bucket", "Key": "small"}, "boto3-bucket", "dir/copy")
    refused("PreconditionFailed", client.put_object, Bucket="boto3-bucket", Key="small", Body=b"", IfNoneMatch="*")
    for number in range(7):
        client.put_object(Bucket="boto3-bucket", Key=f"many/{number}", Body=b"x")
    pages = client.get_paginator("list_objects_v2").paginate(
        Bucket="boto3-bucket", Delimiter="/", PaginationConfig={"PageSize": 2}
    )
    equal([prefix["Prefix"] for page in pages for prefix in page.get("CommonPrefixes", [])], ["dir/", "many/"])
    pages = client.get_paginator("list_objects_v2").paginate(
        Bucket="boto3-bucket", Prefix="many/", PaginationConfig={"PageSize": 2}
    )
    equal([item["Key"] for page in pages for item in page["Contents"]], [f"many/{n}" for n in range(7)])
    url = client.generate_presigned_url("get_object", Params={"Bucket": "boto3-bucket", "Key": "small"})
    equal(urllib.request.urlopen(url).read(), b"small")
    refused("BucketNotEmpty", client.delete_bucket, Bucket="boto3-bucket")
    boto3.resource("s3").Bucket("boto3-bucket").objects.all().delete()
    client.delete_bucket(Bucket="boto3-bucket")
    wait(client, "bucket_not_exists", Bucket="boto3-bucket")


def lambda_function():
    client, iam = boto3.client("lambda"), boto3.client("iam")
    role = iam.create_role(RoleName="boto3-role", AssumeRolePolicyDocument=TRUST)["Role"]["Arn"]
    wait(iam, "role_exists", RoleName="boto3-role")
    basic = "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"
    iam.attach_role_policy(RoleName="boto3-role", PolicyArn=basic)
    name = {"FunctionName": "boto3-echo"}
    client.create_function(
        **name, Runtime="nodejs22.x", Handler="index.handler", Role=role, Code={"ZipFile": zipped("echo.zip")}
    )
    wait(client, "function_active_v2", **name)
    client.update_function_configuration(**name, Environment={"Variables": {"GREETING": "hello"}})
    wait(client, "function_updated_v2", **name)
    answer = client.invoke(**name, Payload=json.dumps({"a": 1}))
    equal((answer["StatusCode"], json.load(answer["Payload"])), (200, {"event": {"a": 1}, "greeting": "hello"}))
    answer = client.invoke(**name, Payload=json.dumps({"fail": "no"}))
    equal((answer["FunctionError"], json.load(answer["Payload"])["errorType"]), ("Unhandled", "TypeError"))
    equal(client.invoke(**name, InvocationType="Event", Payload=b'{"later":true}')["StatusCode"], 202)
    logs = boto3.client("logs")

    def logged():
        pages = logs.get_paginator("filter_log_events").paginate(
            logGroupName="/aws/lambda/boto3-echo", filterPattern="later"
        )
        return any("given" in event["message"] for page in pages for event in page["events"])

    eventually("the asynchronous invocation is in the log", logged)
    assert "boto3-echo" in [
        f["FunctionName"] for page in client.get_paginator("list_functions").paginate() for f in page["Functions"]
    ]
    assert "boto3-role" in [r["RoleName"] for page in iam.get_paginator("list_roles").paginate() for r in page["Roles"]]
    client.delete_function(**name)
    iam.detach_role_policy(RoleName="boto3-role", PolicyArn=basic)
    iam.delete_role(RoleName="boto3-role")
    refused("ResourceNotFoundException", client.get_function, **name)
    refused("NoSuchEntity", iam.get_role, RoleName="boto3-role")


TEMPLATE = """
Parameters: { Name: { Type: String } }
Resources:
  Table:
    Type: AWS::DynamoDB::Table
    Properties:
      TableName: !Ref Name
      BillingMode: PAY_PER_REQUEST
      AttributeDefinitions: [{ AttributeName: pk, AttributeType: S }]
      KeySchema: [{ AttributeName: pk, KeyType: HASH }]
  Stream:
    Type: AWS::Kinesis::Stream
    Properties: { ShardCount: 1 }
Outputs:
  TableArn: { Value: !GetAtt Table.Arn }
"""


def cloudformation():
    client = boto3.client("cloudformation")
    stack = {"StackName": "boto3-stack"}
    name = [{"ParameterKey": "Name", "ParameterValue": "boto3-stack-table"}]
    client.create_stack(**stack, TemplateBody=TEMPLATE, Parameters=name)
    wait(client, "stack_create_complete", **stack)
    outputs = client.describe_stacks(**stack)["Stacks"][0]["Outputs"]
    equal(outputs[0]["OutputValue"], "arn:aws:dynamodb:us-east-1:000000000000:table/boto3-stack-table")
    resources = (
        client.get_paginator("list_stack_resources").paginate(**stack).build_full_result()["StackResourceSummaries"]
    )
    equal(sorted(r["ResourceType"] for r in resources), ["AWS::DynamoDB::Table", "AWS::Kinesis::Stream"])
    events = client.get_paginator("describe_stack_events").paginate(**stack).build_full_result()["StackEvents"]
    equal((events[0]["ResourceStatus"], events[-1]["ResourceStatus"]), ("CREATE_COMPLETE", "CREATE_IN_PROGRESS"))

    changed = TEMPLATE.replace("ShardCount: 1", "ShardCount: 2")
    change = {**stack, "ChangeSetName": "more-shards"}
    client.create_change_set(
        **change, TemplateBody=changed, Parameters=[{"ParameterKey": "Name", "UsePreviousValue": True}]
    )
    wait(client, "change_set_create_complete", **change)
    changes = client.describe_change_set(**change)["Changes"]
    equal(
        [(c["ResourceChange"]["LogicalResourceId"], c["ResourceChange"]["Action"]) for c in changes],
        [("Stream", "Modify")],
    )
    client.execute_change_set(**change)
    wait(client, "stack_update_complete", **stack)
    stream = next(r["PhysicalResourceId"] for r in resources if r["LogicalResourceId"] == "Stream")
    summary = boto3.client("kinesis").describe_stream_summary(StreamName=stream)["StreamDescriptionSummary"]
    equal(summary["OpenShardCount"], 2)
    refused("ValidationError", client.update_stack, **stack, TemplateBody=changed, Parameters=name)
    client.delete_stack(**stack)
    wait(client, "stack_delete_complete", **stack)
    refused("ResourceNotFoundException", boto3.client("dynamodb").describe_table, TableName="boto3-stack-table")


def whole_path():
    """Rivers, built by hand: stream, tables, bucket, role, function and mapping; rows in, counts out."""
    kinesis, dynamodb, client, iam = (boto3.client(n) for n in ("kinesis", "dynamodb", "lambda", "iam"))
    equal(boto3.client("sts").get_caller_identity()["Account"], "000000000000")
    kinesis.create_stream(StreamName="boto3-rivers", ShardCount=2)
    for name, keys in {"boto3-counts": ["County", "Timestamp"], "boto3-checkpoints": ["ShardId"]}.items():
        dynamodb.create_table(
            TableName=name,
            BillingMode="PAY_PER_REQUEST",
            AttributeDefinitions=[{"AttributeName": key, "AttributeType": "S"} for key in keys],
            KeySchema=[{"AttributeName": key, "KeyType": kind} for key, kind in zip(keys, ["HASH", "RANGE"])],
        )
        wait(dynamodb, "table_exists", TableName=name)
    wait(kinesis, "stream_exists", StreamName="boto3-rivers")
    role = iam.create_role(RoleName="boto3-rivers", AssumeRolePolicyDocument=TRUST)["Role"]["Arn"]
    allowed = {"Effect": "Allow", "Action": ["kinesis:*", "dynamodb:*", "logs:*"], "Resource": "*"}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [allowed]})
    iam.put_role_policy(RoleName="boto3-rivers", PolicyName="all", PolicyDocument=policy)
    function = client.create_function(
        FunctionName="boto3-rivers",
        Runtime="nodejs22.x",
        Handler="handler.handler",
        Role=role,
        Code={"ZipFile": zipped("rivers.zip")},
        Timeout=30,
        Environment={"Variables": {"COUNTS_TABLE": "boto3-counts", "CHECKPOINTS_TABLE": "boto3-checkpoints"}},
    )
    wait(client, "function_active_v2", FunctionName="boto3-rivers")
    stream = kinesis.describe_stream_summary(StreamName="boto3-rivers")["StreamDescriptionSummary"]["StreamARN"]
    mapping = client.create_event_source_mapping(
        EventSourceArn=stream,
        FunctionName=function["FunctionArn"],
        StartingPosition="TRIM_HORIZON",
        BatchSize=20,
        FunctionResponseTypes=["ReportBatchItemFailures"],
    )
    counties = ["Delaware", "Essex", "Ulster"]
    rows = [{"County": counties[n % 3], "Row": n} for n in range(100)]
    kinesis.put_records(
        StreamName="boto3-rivers",
        Records=[{"Data": json.dumps(row), "PartitionKey": str(row["Row"])} for row in rows],
    )
    table = boto3.resource("dynamodb").Table("boto3-counts")

    def counts():
        answers = [table.query(KeyConditionExpression=Key("County").eq(county))["Items"] for county in counties]
        return [int(sum(item["Count"] for item in items)) for items in answers]

    eventually("all rows are counted", lambda: sum(counts()) >= 100)
    equal(counts(), [34, 33, 33])
    client.delete_event_source_mapping(UUID=mapping["UUID"])
    client.delete_function(FunctionName="boto3-rivers")
    iam.delete_role_policy(RoleName="boto3-rivers", PolicyName="all")
    iam.delete_role(RoleName="boto3-rivers")
    kinesis.delete_stream(StreamName="boto3-rivers")
    for name in ("boto3-counts", "boto3-checkpoints"):
        dynamodb.delete_table(TableName=name)
        wait(dynamodb, "table_not_exists", TableName=name)


run(globals())
