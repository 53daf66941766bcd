"""What the `headwater` command does with the pipelines, by boto3 alone: python3 boto3-pipelines.py CHECK FOLDER

Each check deploys a pipeline's own template with its code, feeds it, reads what it stored and deletes it.
"""

import base64
import json
import os
import urllib.error
import urllib.request
import uuid

import boto3
from boto3.dynamodb.conditions import Key
from boto3_tools import ACCOUNT, equal, eventually, run, sns_may_send_to, wait, zipped

HERE = os.path.dirname(os.path.abspath(__file__))
BUCKET = "boto3-code"


def deploy(name, **parameters):
    """Creates the stack by a change set, as `aws cloudformation deploy` does: its outputs."""
    s3, client = boto3.client("s3"), boto3.client("cloudformation")
    s3.create_bucket(Bucket=BUCKET)
    s3.put_object(Bucket=BUCKET, Key=f"{name}.zip", Body=zipped(f"{name}.zip"))
    values = {"CodeBucket": BUCKET, "CodeKey": f"{name}.zip", **parameters}
    change = {"StackName": name, "ChangeSetName": "first"}
    with open(os.path.join(HERE, "..", "..", "handlers", name, "template.yaml"), encoding="utf-8") as file:
        client.create_change_set(
            **change,
            ChangeSetType="CREATE",
            Capabilities=["CAPABILITY_NAMED_IAM"],
            TemplateBody=file.read(),
            Parameters=[{"ParameterKey": key, "ParameterValue": str(value)} for key, value in values.items()],
        )
    wait(client, "change_set_create_complete", **change)
    client.execute_change_set(**change)
    wait(client, "stack_create_complete", StackName=name)
    stack = client.describe_stacks(StackName=name)["Stacks"][0]
    assert stack["CreationTime"].tzinfo is not None
    return {output["OutputKey"]: output["OutputValue"] for output in stack["Outputs"]}


def destroy(name, *buckets):
    client, s3 = boto3.client("cloudformation"), boto3.resource("s3")
    for bucket in buckets:
        s3.Bucket(bucket).object_versions.all().delete()
    stack = client.describe_stacks(StackName=name)["Stacks"][0]["StackId"]
    client.delete_stack(StackName=name)
    wait(client, "stack_delete_complete", StackName=stack)
    equal(client.describe_stacks(StackName=stack)["Stacks"][0]["StackStatus"], "DELETE_COMPLETE")


def api_url(outputs, path):
    api = f"/restapis/{outputs['ApiId']}/{outputs['StageName']}/_user_request_"
    return os.environ["AWS_ENDPOINT_URL"] + api + path


def call(url, body=None, headers=None):
    """POSTs JSON, or GETs when there is none: the status and the decoded answer."""
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, data, {"content-type": "application/json", **(headers or {})})
    try:
        with urllib.request.urlopen(request) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as error:
        return error.code, json.load(error)


def lines_of(bucket, prefix=""):
    """The JSON lines of all objects under a prefix."""
    client = boto3.client("s3")
    pages = client.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix)
    keys = [found["Key"] for page in pages for found in page.get("Contents", [])]
    bodies = [client.get_object(Bucket=bucket, Key=key)["Body"] for key in keys]
    return [json.loads(line) for body in bodies for line in body.iter_lines() if line]


def rivers():
    outputs = deploy("rivers", MaximumBatchingWindowInSeconds=0)
    counties = ["Delaware", "Essex", "Ulster"]
    rows = [{"County": counties[n % 3], "Row": n} for n in range(60)]
    records = [{"Data": json.dumps(row), "PartitionKey": str(row["Row"])} for row in rows]
    answer = boto3.client("kinesis").put_records(StreamName=outputs["StreamName"], Records=records)
    equal(answer["FailedRecordCount"], 0)
    table = boto3.resource("dynamodb").Table(outputs["CountsTableName"])

    def counts():
        found = [table.query(KeyConditionExpression=Key("County").eq(county))["Items"] for county in counties]
        return [int(sum(item["Count"] for item in items)) for items in found]

    eventually("all rows are counted", lambda: sum(counts()) >= 60)
    equal(counts(), [20, 20, 20])
    destroy("rivers", outputs["FailuresBucketName"])


def retail():
    outputs = deploy("retail", MaximumBatchingWindowInSeconds=0, BillingMode="PROVISIONED")
    row = {"InvoiceDate": "12/1/10 8:26", "UnitPrice": 2.55, "Country": "United Kingdom", "Quantity": 6}
    rows = [{**row, "InvoiceNo": "536365", "StockCode": f"S{n}", "CustomerID": "17850"} for n in range(30)]
    status, answer = call(api_url(outputs, "/invoices"), rows)
    assert status == 202, answer
    status, answer = call(api_url(outputs, "/invoices"), {**row, "InvoiceNo": "1"})
    assert (status, "StockCode" in answer["message"]) == (400, True), answer

    table = boto3.resource("dynamodb").Table(outputs["InvoicesTableName"])
    invoice = {"KeyConditionExpression": Key("InvoiceNo").eq("536365")}
    eventually("the invoice is stored", lambda: table.query(**invoice)["Count"] == 30)
    equal({item["StockCode"] for item in table.query(**invoice)["Items"]}, {row["StockCode"] for row in rows})
    eventually("the rows are in S3", lambda: len(lines_of(outputs["RawBucketName"], "raw/")) == 30)
    equal(call(api_url(outputs, "/invoices/536365"))[0], 200)
    equal(call(api_url(outputs, "/invoices/none"))[0], 404)
    equal(call(api_url(outputs, "/query"))[0], 400)

    event = {"resource": "/query", "path": "/query", "httpMethod": "GET", "pathParameters": None}
    event |= {"queryStringParameters": {"CustomerID": "17850"}, "headers": {}, "requestContext": {}, "body": None}
    invoked = boto3.client("lambda").invoke(FunctionName=outputs["QueryFunctionName"], Payload=json.dumps(event))
    equal(json.load(invoked["Payload"])["statusCode"], 200)

    cloudwatch, sqs, sns = boto3.client("cloudwatch"), boto3.resource("sqs"), boto3.client("sns")
    pages = cloudwatch.get_paginator("describe_alarms")
    pages = pages.paginate(AlarmNamePrefix="retail-", PaginationConfig={"PageSize": 2})
    names = [alarm["AlarmName"] for page in pages for alarm in page["MetricAlarms"]]
    equal(len(names), 7)
    queue = sqs.create_queue(QueueName="boto3-alarms")
    arn = f"arn:aws:sqs:us-east-1:{ACCOUNT}:boto3-alarms"
    queue.set_attributes(Attributes={"Policy": json.dumps(sns_may_send_to(arn))})
    sns.subscribe(TopicArn=outputs["AlarmTopicArn"], Protocol="sqs", Endpoint=arn)
    cloudwatch.set_alarm_state(AlarmName=names[0], StateValue="ALARM", StateReason="a drill")
    [message] = queue.receive_messages(WaitTimeSeconds=20)
    equal(json.loads(json.loads(message.body)["Message"])["AlarmName"], names[0])
    queue.delete()
    destroy("retail", outputs["RawBucketName"], outputs["FailuresBucketName"])


def weather():
    outputs = deploy("weather", MaximumBatchingWindowInSeconds=0)
    days = [f"2021-10-{day:02}" for day in range(1, 11)]
    stations = ["USW00093721", "USC00180465"]
    seen = [{"Station": s, "Date": d, "MinimumTemperatureF": i + 40.5} for s in stations for i, d in enumerate(days)]
    records = [{"Data": json.dumps(each), "PartitionKey": each["Station"]} for each in seen]
    boto3.client("kinesis").put_records(StreamName=outputs["StreamName"], Records=records)
    dynamodb = boto3.resource("dynamodb")
    by_station, by_date = (dynamodb.Table(outputs[f"{name}TableName"]) for name in ("Stations", "Days"))
    eventually("all is stored", lambda: by_station.scan()["Count"] == by_date.scan()["Count"] == len(seen))
    some = Key("Station").eq(stations[0]) & Key("Date").between(days[2], days[4])
    equal([item["Date"] for item in by_station.query(KeyConditionExpression=some)["Items"]], days[2:5])
    warmest = by_date.query(
        IndexName="coldest", KeyConditionExpression=Key("Month").eq("2021-10"), ScanIndexForward=False, Limit=2
    )
    equal([float(item["MinimumTemperatureF"]) for item in warmest["Items"]], [49.5, 49.5])
    destroy("weather", outputs["FailuresBucketName"])


def iot():
    outputs = deploy("iot", BufferIntervalInSeconds=1, FunctionBufferIntervalInSeconds=1)
    firehose = boto3.client("firehose")
    measures = {"temperature_celsius": 20.5, "humidity_percent": 50, "battery_percent": 99}
    events = [
        {"event_id": f"e{n}", "device_id": "dévice", "timestamp": "2026-03-01T10:00:00Z", **measures} for n in range(20)
    ]
    records = [{"Data": json.dumps(event)} for event in events] + [{"Data": b"\xff\x00"}]
    answer = firehose.put_record_batch(DeliveryStreamName=outputs["DeliveryStreamName"], Records=records)
    equal((answer["FailedPutCount"], len(answer["RequestResponses"])), (0, 21))
    bucket = outputs["DataLakeBucketName"]
    eventually("all is delivered", lambda: len(lines_of(bucket, "processed/")) >= 20 and lines_of(bucket, "error/"))
    equal(lines_of(bucket, "processed/"), events)
    equal([base64.b64decode(line["rawData"]) for line in lines_of(bucket, "error/")], [b"\xff\x00"])
    destroy("iot", bucket)


def sensors():
    outputs = deploy("sensors")
    gateway, url = boto3.client("apigateway"), api_url(outputs, "/events")
    key = gateway.get_api_key(apiKey=outputs["ApiKeyId"], includeValue=True)["value"]
    event = {"id": str(uuid.uuid4()), "sensor_id": str(uuid.uuid4()), "temperature": 20.5, "epoch": 1_772_359_200}
    equal(call(url, event), (403, {"message": "Forbidden"}))
    status, answer = call(url, event, {"x-api-key": key})
    equal(status, 201)
    stored = boto3.client("s3").get_object(Bucket=outputs["EventsBucketName"], Key=answer["key"])["Body"]
    equal(json.load(stored)["temperature_fahrenheit"], 68.9)

    pages = gateway.get_paginator("get_resources")
    pages = pages.paginate(restApiId=outputs["ApiId"], PaginationConfig={"PageSize": 1})
    resources = {item["path"]: item["id"] for page in pages for item in page["items"]}
    target = {"restApiId": outputs["ApiId"], "resourceId": resources["/events"], "httpMethod": "POST"}
    equal(gateway.test_invoke_method(**target, body=json.dumps({**event, "epoch": "now"}))["status"], 400)
    plan = {"usagePlanId": outputs["UsagePlanId"]}
    gateway.update_usage_plan(**plan, patchOperations=[{"op": "replace", "path": "/quota/limit", "value": "1"}])
    equal(call(url, event, {"x-api-key": key}), (429, {"message": "Limit Exceeded"}))

    logs = boto3.client("logs").get_paginator("filter_log_events")
    told = {"logGroupName": outputs["LogGroupName"], "filterPattern": '{ $.message = "event stored" }'}
    eventually("the log tells of the event", lambda: logs.paginate(**told).build_full_result()["events"])
    destroy("sensors", outputs["EventsBucketName"])


run(globals())
