"""What a boto3 program does with the services behind the pipelines: python3 boto3-services.py CHECK FOLDER"""

import datetime
import json
import os

import boto3
import botocore.model
from boto3_tools import ACCOUNT, FOLDER, TRUST, equal, eventually, refused, run, sns_may_send_to, wait, zipped

NOW = datetime.datetime.now(datetime.timezone.utc)


def recent(moment):
    """boto3 has made a time of what was on the wire: it has a zone, and is of this hour."""
    assert abs(moment - NOW) < datetime.timedelta(hours=1), moment


def cloudwatch(protocol):
    """botocore's versions speak different protocols with CloudWatch: this asks for one. None: it has not that one."""
    if protocol not in botocore.model.PRIORITY_ORDERED_SUPPORTED_PROTOCOLS:
        return None
    known, botocore.model.PRIORITY_ORDERED_SUPPORTED_PROTOCOLS = (
        botocore.model.PRIORITY_ORDERED_SUPPORTED_PROTOCOLS,
        [protocol],
    )
    try:
        return boto3.Session().client("cloudwatch")
    finally:
        botocore.model.PRIORITY_ORDERED_SUPPORTED_PROTOCOLS = known


def cloudwatch_protocols():
    if not hasattr(botocore.model, "PRIORITY_ORDERED_SUPPORTED_PROTOCOLS"):
        return print("SKIPPED: this botocore cannot be told which protocol to speak")
    for protocol in ("smithy-rpc-v2-cbor", "json", "query"):
        client = cloudwatch(protocol)
        if client is None:
            print(f"SKIPPED: this botocore does not speak {protocol}")
            continue
        equal(client.meta.service_model.resolved_protocol, protocol)
        metric = {"Namespace": f"boto3/{protocol}", "MetricName": "level"}
        data = [{"MetricName": "level", "Value": value, "Timestamp": NOW, "Unit": "Count"} for value in (1.5, 2.5)]
        client.put_metric_data(Namespace=metric["Namespace"], MetricData=data)
        span = {"StartTime": NOW - datetime.timedelta(hours=1), "EndTime": NOW + datetime.timedelta(hours=1)}
        [point] = client.get_metric_statistics(**metric, **span, Period=60, Statistics=["Sum"])["Datapoints"]
        equal((point["Sum"], point["Unit"]), (4, "Count"))
        recent(point["Timestamp"])
        stat = {"Metric": metric, "Period": 60, "Stat": "Average"}
        pages = client.get_paginator("get_metric_data").paginate(
            MetricDataQueries=[{"Id": "a", "MetricStat": stat}], **span
        )
        equal([result["Values"] for page in pages for result in page["MetricDataResults"]], [[2]])
        alarm = f"boto3-{protocol}"
        client.put_metric_alarm(
            AlarmName=alarm,
            **metric,
            Statistic="Sum",
            Period=60,
            EvaluationPeriods=1,
            Threshold=0.5,
            ComparisonOperator="GreaterThanThreshold",
        )
        wait(client, "alarm_exists", AlarmNames=[alarm])
        [described] = client.describe_alarms(AlarmNames=[alarm])["MetricAlarms"]
        equal((described["Threshold"], described["ActionsEnabled"], described["AlarmActions"]), (0.5, True, []))
        recent(described["StateUpdatedTimestamp"])
        error = refused("ResourceNotFound", client.set_alarm_state, AlarmName="no", StateValue="OK", StateReason="no")
        equal(error["ResponseMetadata"]["HTTPStatusCode"], 404)
        refused("InvalidParameterCombination", client.get_metric_statistics, **metric, **span, Period=60)
        client.delete_alarms(AlarmNames=[alarm])
        pages = client.get_paginator("list_metrics").paginate(Namespace=metric["Namespace"])
        equal(pages.build_full_result()["Metrics"], [{**metric, "Dimensions": []}])


def sqs_and_sns():
    sqs, sns = boto3.resource("sqs"), boto3.resource("sns")
    dead = sqs.create_queue(QueueName="boto3-dead")
    redrive = {"deadLetterTargetArn": dead.attributes["QueueArn"], "maxReceiveCount": 1}
    arn = f"arn:aws:sqs:us-east-1:{ACCOUNT}:boto3-work"
    policy = json.dumps(sns_may_send_to(arn))
    work = sqs.create_queue(
        QueueName="boto3-work",
        Attributes={"RedrivePolicy": json.dumps(redrive), "Policy": policy, "VisibilityTimeout": "0"},
    )
    topic = sns.create_topic(Name="boto3-levels")
    attributes = {"RawMessageDelivery": "true", "FilterPolicy": json.dumps({"metres": [{"numeric": [">", 2]}]})}
    subscription = topic.subscribe(Protocol="sqs", Endpoint=arn, Attributes=attributes, ReturnSubscriptionArn=True)
    equal(subscription.attributes["PendingConfirmation"], "false")
    for metres in (1, 3):
        number = {"DataType": "Number", "StringValue": str(metres)}
        raw = {"DataType": "Binary", "BinaryValue": bytes([metres, 255])}
        topic.publish(Message=f"{metres} m", MessageAttributes={"metres": number, "raw": raw})
    [message] = work.receive_messages(WaitTimeSeconds=10, MessageAttributeNames=["All"], AttributeNames=["All"])
    equal((message.body, message.message_attributes["raw"]["BinaryValue"]), ("3 m", b"\x03\xff"))
    equal(work.receive_messages(), [])
    [letter] = dead.receive_messages(WaitTimeSeconds=10)
    equal(letter.body, "3 m")
    entries = [{"Id": "a", "ReceiptHandle": letter.receipt_handle}]
    equal("Failed" in dead.delete_messages(Entries=entries), False)
    failed = dead.delete_messages(Entries=[{"Id": "b", "ReceiptHandle": "made up"}])
    equal(("Successful" in failed, failed["Failed"][0]["Code"]), (False, "ReceiptHandleIsInvalid"))
    entries = [{"Id": str(n), "Message": "x"} for n in range(2)]
    equal(len(sns.meta.client.publish_batch(TopicArn=topic.arn, PublishBatchRequestEntries=entries)["Successful"]), 2)
    assert topic.arn in [found.arn for found in sns.topics.all()]
    subscription.delete()
    topic.delete()
    refused("NotFound", sns.meta.client.get_topic_attributes, TopicArn=topic.arn)
    for queue in (work, dead):
        queue.delete()


def ssm():
    client = boto3.client("ssm")
    for name, kind in {"/boto3/a": "String", "/boto3/b": "StringList", "/boto3/c": "SecureString"}.items():
        client.put_parameter(Name=name, Type=kind, Value="1,2")
    refused("ParameterAlreadyExists", client.put_parameter, Name="/boto3/a", Value="3", Type="String")
    pages = client.get_paginator("get_parameters_by_path").paginate(
        Path="/boto3", WithDecryption=True, PaginationConfig={"PageSize": 2}
    )
    found = [parameter for page in pages for parameter in page["Parameters"]]
    values = [(each["Name"], each["Value"], each["Version"]) for each in found]
    equal(values, [(f"/boto3/{name}", "1,2", 1) for name in "abc"])
    recent(found[0]["LastModifiedDate"])
    secret = client.get_parameter(Name="/boto3/c")["Parameter"]["Value"]
    assert secret != "1,2", secret
    equal(client.get_parameters(Names=["/boto3/a", "/boto3/none"])["InvalidParameters"], ["/boto3/none"])
    client.delete_parameters(Names=["/boto3/a", "/boto3/b", "/boto3/c"])
    refused("ParameterNotFound", client.get_parameter, Name="/boto3/a")


def roles():
    """A profile takes on a role by itself; what the role may not do is refused with who, what and on what."""
    iam = boto3.client("iam")
    trusted = {"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}, "Action": "sts:AssumeRole"}
    trust = json.dumps({"Version": "2012-10-17", "Statement": [trusted]})
    role = iam.create_role(RoleName="boto3-reader", AssumeRolePolicyDocument=trust)["Role"]
    equal(role["AssumeRolePolicyDocument"]["Statement"], [trusted])
    recent(role["CreateDate"])
    wait(iam, "role_exists", RoleName="boto3-reader")
    allowed = {"Effect": "Allow", "Action": "dynamodb:List*", "Resource": "*"}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [allowed]})
    iam.put_role_policy(RoleName="boto3-reader", PolicyName="p", PolicyDocument=policy)
    config = os.path.join(FOLDER, "config")
    with open(config, "w", encoding="utf-8") as file:
        file.write(f"[profile reader]\nrole_arn={role['Arn']}\ncredential_source=Environment\nrole_session_name=me\n")
    os.environ["AWS_CONFIG_FILE"] = config
    session = boto3.Session(profile_name="reader")
    me = f"arn:aws:sts::{ACCOUNT}:assumed-role/boto3-reader/me"
    equal(session.client("sts").get_caller_identity()["Arn"], me)
    session.client("dynamodb").list_tables()
    calls = {
        "lambda": ("AccessDeniedException", "invoke", {"FunctionName": "f"}, "lambda:InvokeFunction", ":function:f"),
        "sns": ("AuthorizationError", "publish", {"TopicArn": "{sns}:t", "Message": "m"}, "SNS:Publish", ":t"),
        "s3": ("AccessDenied", "list_objects_v2", {"Bucket": "bucket"}, "s3:ListBucket", ":::bucket"),
        "iam": ("AccessDenied", "get_role", {"RoleName": "boto3-reader"}, "iam:GetRole", "role/boto3-reader"),
        "ssm": ("AccessDeniedException", "get_parameter", {"Name": "/a/b"}, "ssm:GetParameter", ":parameter/a/b"),
    }
    boto3.client("s3").create_bucket(Bucket="bucket")
    for service, (code, operation, arguments, action, resource) in calls.items():
        topic = f"arn:aws:sns:us-east-1:{ACCOUNT}"
        arguments = {name: value.replace("{sns}", topic) for name, value in arguments.items()}
        error = refused(code, getattr(session.client(service), operation), **arguments)
        message = error["Error"]["Message"]
        assert message.startswith(f"User: {me} is not authorized to perform: {action} on resource: "), message
        assert message.endswith(f" because no identity-based policy allows the {action} action"), message
        assert resource in message, message
    iam.delete_role_policy(RoleName="boto3-reader", PolicyName="p")
    iam.delete_role(RoleName="boto3-reader")
    refused("AccessDenied", boto3.Session(profile_name="reader").client("sts").get_caller_identity)


def asynchronous_functions():
    """What becomes of asynchronous events, and a queue as a function's source."""
    client, iam, sqs = boto3.client("lambda"), boto3.client("iam"), boto3.resource("sqs")
    role = iam.create_role(RoleName="boto3-echo", AssumeRolePolicyDocument=TRUST)["Role"]["Arn"]
    allowed = {"Effect": "Allow", "Action": ["sqs:*", "logs:*"], "Resource": "*"}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [allowed]})
    iam.put_role_policy(RoleName="boto3-echo", PolicyName="all", PolicyDocument=policy)
    name = {"FunctionName": "boto3-echo"}
    client.create_function(
        **name, Runtime="nodejs22.x", Handler="index.handler", Role=role, Code={"ZipFile": zipped("echo.zip")}
    )
    wait(client, "function_active_v2", **name)
    client.update_function_configuration(**name, Timeout=5)
    wait(client, "function_updated_v2", **name)
    failures, source = (sqs.create_queue(QueueName=f"boto3-{queue}") for queue in ("failures", "source"))
    destination = {"OnFailure": {"Destination": failures.attributes["QueueArn"]}}
    answer = client.put_function_event_invoke_config(**name, MaximumRetryAttempts=0, DestinationConfig=destination)
    recent(answer["LastModified"])
    answer = client.invoke(**name, InvocationType="Event", Payload=json.dumps({"fail": "as asked"}))
    equal((answer["StatusCode"], answer["Payload"].read()), (202, b""))
    [failed] = failures.receive_messages(WaitTimeSeconds=20)
    equal(json.loads(failed.body)["responsePayload"]["errorMessage"], "as asked")

    arn = source.attributes["QueueArn"]
    mapping = client.create_event_source_mapping(**name, EventSourceArn=arn, BatchSize=10)
    source.send_messages(Entries=[{"Id": str(n), "MessageBody": f"body {n}"} for n in range(10)])
    logs = boto3.client("logs").get_paginator("filter_log_events")
    search = {"logGroupName": "/aws/lambda/boto3-echo", "filterPattern": '"body 9"'}
    eventually("the function got the last", lambda: logs.paginate(**search).build_full_result()["events"])
    pages = client.get_paginator("list_event_source_mappings").paginate(EventSourceArn=arn)
    equal([each["UUID"] for page in pages for each in page["EventSourceMappings"]], [mapping["UUID"]])
    client.delete_event_source_mapping(UUID=mapping["UUID"])
    client.delete_function(**name)
    failures.delete()
    source.delete()


def apigateway():
    """An API made piece by piece, and its definition as a streamed file."""
    client = boto3.client("apigateway")
    api = client.create_rest_api(name="boto3", endpointConfiguration={"types": ["REGIONAL"]})
    recent(api["createdDate"])
    child = client.create_resource(restApiId=api["id"], parentId=api["rootResourceId"], pathPart="level")
    method = {"restApiId": api["id"], "resourceId": child["id"], "httpMethod": "GET"}
    client.put_method(**method, authorizationType="NONE")
    client.put_method_response(**method, statusCode="200")
    client.put_integration(**method, type="MOCK", requestTemplates={"application/json": '{"statusCode": 200}'})
    template = {"application/json": '{"metres": 3, "time": $context.requestTimeEpoch}'}
    client.put_integration_response(**method, statusCode="200", responseTemplates=template)
    tested = client.test_invoke_method(**method)
    equal((tested["status"], json.loads(tested["body"])["metres"]), (200, 3))
    client.create_deployment(restApiId=api["id"], stageName="v1")
    exported = client.get_export(restApiId=api["id"], stageName="v1", exportType="oas30", accepts="application/json")
    equal(list(json.load(exported["body"])["paths"]), ["/level"])
    refused("NotFoundException", client.get_stage, restApiId=api["id"], stageName="v2")
    again = {"restApiId": api["id"], "parentId": api["rootResourceId"], "pathPart": "level"}
    refused("ConflictException", client.create_resource, **again)
    client.delete_rest_api(restApiId=api["id"])


def kinesis_settings():
    kinesis, other = boto3.client("kinesis"), "111122223333"
    kinesis.create_stream(StreamName="boto3-shared", ShardCount=1)
    wait(kinesis, "stream_exists", StreamName="boto3-shared")

    def described():
        return kinesis.describe_stream_summary(StreamName="boto3-shared")["StreamDescriptionSummary"]

    stream = described()["StreamARN"]
    allowed = {"Effect": "Allow", "Principal": {"AWS": other}, "Action": "kinesis:PutRecord", "Resource": stream}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [allowed]})
    elsewhere = boto3.Session(aws_access_key_id=other, aws_secret_access_key="test").client("kinesis")
    record = {"StreamARN": stream, "Data": b"shared", "PartitionKey": "a"}
    refused("AccessDeniedException", elsewhere.put_record, **record)
    kinesis.put_resource_policy(ResourceARN=stream, Policy=policy)
    equal(json.loads(kinesis.get_resource_policy(ResourceARN=stream)["Policy"]), json.loads(policy))
    equal(elsewhere.put_record(**record)["ShardId"], "shardId-000000000000")
    kinesis.delete_resource_policy(ResourceARN=stream)
    refused("AccessDeniedException", elsewhere.put_record, **record)

    levels = kinesis.enable_enhanced_monitoring(StreamName="boto3-shared", ShardLevelMetrics=["IncomingRecords"])
    equal((levels["CurrentShardLevelMetrics"], levels["DesiredShardLevelMetrics"]), ([], ["IncomingRecords"]))
    equal(described()["EnhancedMonitoring"], [{"ShardLevelMetrics": ["IncomingRecords"]}])
    kinesis.update_max_record_size(StreamARN=stream, MaxRecordSizeInKiB=2048)
    eventually("the size is changed", lambda: described()["StreamStatus"] == "ACTIVE")
    equal(described()["MaxRecordSizeInKiB"], 2048)
    commitment = kinesis.describe_account_settings()["MinimumThroughputBillingCommitment"]
    equal(commitment["Status"], "DISABLED")
    kinesis.delete_stream(StreamName="boto3-shared")
    wait(kinesis, "stream_not_exists", StreamName="boto3-shared")


def firehose_and_ecr():
    iam, s3, firehose = boto3.client("iam"), boto3.client("s3"), boto3.client("firehose")
    trust = TRUST.replace("lambda.amazonaws.com", "firehose.amazonaws.com")
    role = iam.create_role(RoleName="boto3-firehose", AssumeRolePolicyDocument=trust)["Role"]["Arn"]
    allowed = {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [allowed]})
    iam.put_role_policy(RoleName="boto3-firehose", PolicyName="all", PolicyDocument=policy)
    s3.create_bucket(Bucket="boto3-firehose")
    firehose.create_delivery_stream(
        DeliveryStreamName="boto3",
        ExtendedS3DestinationConfiguration={
            "RoleARN": role,
            "BucketARN": "arn:aws:s3:::boto3-firehose",
            "BufferingHints": {"IntervalInSeconds": 0, "SizeInMBs": 1},
            "CompressionFormat": "GZIP",
        },
    )

    def described():
        return firehose.describe_delivery_stream(DeliveryStreamName="boto3")["DeliveryStreamDescription"]

    eventually("the stream is active", lambda: described()["DeliveryStreamStatus"] == "ACTIVE")
    recent(described()["CreateTimestamp"])
    firehose.put_record(DeliveryStreamName="boto3", Record={"Data": b"one\n"})
    eventually("it is delivered", lambda: s3.list_objects_v2(Bucket="boto3-firehose")["KeyCount"] == 1)
    firehose.delete_delivery_stream(DeliveryStreamName="boto3")
    eventually("the stream is gone", lambda: "boto3" not in firehose.list_delivery_streams()["DeliveryStreamNames"])

    ecr = boto3.client("ecr")
    repository = ecr.create_repository(repositoryName="boto3/echo")["repository"]
    recent(repository["createdAt"])
    pages = ecr.get_paginator("describe_repositories").paginate()
    assert repository["repositoryArn"] in [each["repositoryArn"] for page in pages for each in page["repositories"]]
    equal(ecr.get_paginator("list_images").paginate(repositoryName="boto3/echo").build_full_result()["imageIds"], [])
    ecr.delete_repository(repositoryName="boto3/echo")
    refused("RepositoryNotFoundException", ecr.list_images, repositoryName="boto3/echo")


run(globals())
