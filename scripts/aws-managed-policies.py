"""Emits services/iam/aws-managed-policies-data.ts: AWS's own policies, from the copy that moto (PyPI) carries."""

import json
from pathlib import Path

from moto.iam.aws_managed_policies import aws_managed_policies_data

NAMES = """AdministratorAccess AmazonAPIGatewayPushToCloudWatchLogs AmazonDynamoDBFullAccess
AmazonDynamoDBReadOnlyAccess AmazonKinesisFullAccess AmazonKinesisReadOnlyAccess AmazonKinesisFirehoseFullAccess
AmazonS3FullAccess AmazonS3ReadOnlyAccess AmazonSQSFullAccess AmazonSNSFullAccess AWSLambdaBasicExecutionRole
AWSLambdaDynamoDBExecutionRole AWSLambdaKinesisExecutionRole AWSLambdaSQSQueueExecutionRole AWSLambdaVPCAccessExecutionRole
AWSLambdaRole AWSLambda_FullAccess CloudWatchFullAccess CloudWatchLogsFullAccess
CloudWatchLogsReadOnlyAccess AWSXRayDaemonWriteAccess AWSCloudFormationReadOnlyAccess ReadOnlyAccess""".split()

policies = json.loads(aws_managed_policies_data)
emitted = []
for name in sorted(NAMES):
    policy = policies[name]
    emitted.append({
        "name": name,
        "path": policy["Path"],
        "arn": f"arn:aws:iam::aws:policy{policy['Path']}{name}",
        "version": policy["DefaultVersionId"],
        "createdAt": policy["CreateDate"],
        "updatedAt": policy["UpdateDate"],
        "document": policy["Document"],
    })
Path("services/iam/aws-managed-policies-data.ts").write_text(
    "// Emitted by scripts/aws-managed-policies.py from moto's copy; not edited by hand.\n"
    "// oxfmt-ignore\n"
    f"export const documents = {json.dumps(emitted, indent=1)};\n"
)
