"""What the checks of boto3 share: sys.argv is SCRIPT CHECK FOLDER, see run()."""

import json
import os
import sys
import time

from botocore.exceptions import ClientError

OFTEN = {"Delay": 0.1, "MaxAttempts": 200}
FOLDER = sys.argv[2]
ACCOUNT = "000000000000"
TRUST = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [
            {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
        ],
    }
)


def wait(client, name, **arguments):
    client.get_waiter(name).wait(WaiterConfig=OFTEN, **arguments)


def equal(found, expected):
    assert found == expected, f"found {found!r}, not {expected!r}"


def refused(code, call, **arguments):
    try:
        call(**arguments)
    except ClientError as error:
        equal(error.response["Error"]["Code"], code)
        return error.response
    raise AssertionError(f"{code} expected, but the call was answered")


def eventually(what, probe):
    deadline = time.monotonic() + 20
    while not probe():
        assert time.monotonic() < deadline, f"not in time: {what}"
        time.sleep(0.05)


def zipped(name):
    with open(os.path.join(FOLDER, name), "rb") as file:
        return file.read()


def sns_may_send_to(queue):
    """The policy of a queue, by its ARN, that topics may send to."""
    sender = {"Service": "sns.amazonaws.com"}
    allowed = {"Effect": "Allow", "Principal": sender, "Action": "sqs:SendMessage", "Resource": queue}
    return {"Version": "2012-10-17", "Statement": [allowed]}


def run(checks):
    """Runs the check that the command line names."""
    checks[sys.argv[1]]()
