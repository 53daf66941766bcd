"""What boto3 signs, against an emulator that verifies it: python3 boto3-signatures.py CHECK FOLDER"""

import io
import os
import urllib.error
import urllib.parse
import urllib.request
import uuid

import boto3
from boto3.s3.transfer import TransferConfig
from boto3_tools import equal, refused, run
from botocore.config import Config

BUCKET = "boto3-signed"
KEYS = ["plain", "with blank+plus", "ü/ö~(1)*!'", "a//b/../c", "100%"]


def status(url, method="GET", data=None, headers=None):
    """Of a request that nobody signs but the URL itself. Not every machine knows the names below localhost."""
    parts = urllib.parse.urlsplit(url)
    here = parts._replace(netloc=f"127.0.0.1:{parts.port}").geturl()
    request = urllib.request.Request(here, data=data, method=method, headers={"Host": parts.netloc, **(headers or {})})
    try:
        with urllib.request.urlopen(request) as answer:
            return answer.status, answer.read()
    except urllib.error.HTTPError as error:
        return error.code, error.read()


def requests():
    client = boto3.client("s3")
    client.create_bucket(Bucket=BUCKET)
    for key in KEYS:
        client.put_object(Bucket=BUCKET, Key=key, Body=key.encode(), Metadata={"of": "  two  words "})
        equal(client.get_object(Bucket=BUCKET, Key=key)["Body"].read(), key.encode())
    parts = TransferConfig(multipart_threshold=5 * 1024**2, multipart_chunksize=5 * 1024**2)
    body = os.urandom(11 * 1024**2)
    client.upload_fileobj(io.BytesIO(body), BUCKET, "parts", Config=parts)
    equal(client.get_object(Bucket=BUCKET, Key="parts")["Body"].read(), body)
    equal(len(client.list_objects_v2(Bucket=BUCKET, Prefix="ü/", Delimiter="/")["Contents"]), 1)
    key = {"SSECustomerAlgorithm": "AES256", "SSECustomerKey": os.urandom(32)}
    client.put_object(Bucket=BUCKET, Key="sealed", Body=b"sealed", **key)
    equal(client.get_object(Bucket=BUCKET, Key="sealed", **key)["Body"].read(), b"sealed")
    refused("InvalidRequest", client.get_object, Bucket=BUCKET, Key="sealed")
    for service, call in (("dynamodb", "list_tables"), ("sqs", "list_queues"), ("iam", "list_roles"), ("sns", "list_topics")):
        getattr(boto3.client(service), call)()
        stranger = boto3.client(service, aws_access_key_id="test", aws_secret_access_key="wrong")
        try:
            getattr(stranger, call)()
        except stranger.exceptions.ClientError as error:
            assert error.response["Error"]["Code"] in ("SignatureDoesNotMatch", "InvalidSignatureException"), error
        else:
            raise AssertionError(f"{service} takes a wrong signature")


def presigned():
    for version in ("s3v4", "s3"):
        for style in ("path", "virtual"):
            config = Config(signature_version=version, s3={"addressing_style": style})
            # a bucket of a virtual host is below localhost
            endpoint = os.environ["AWS_ENDPOINT_URL"].replace("127.0.0.1", "s3.localhost") if style == "virtual" else None
            client = boto3.client("s3", config=config, endpoint_url=endpoint)
            for key in KEYS:
                boto3.client("s3").put_object(Bucket=BUCKET, Key=key, Body=key.encode())
                url = client.generate_presigned_url("get_object", Params={"Bucket": BUCKET, "Key": key})
                equal((version, style, key, status(url)), (version, style, key, (200, key.encode())))
                tampered = url.replace("ignature=", "ignature=0")
                equal((version, style, key, status(tampered)[0]), (version, style, key, 403))
            url = client.generate_presigned_url("put_object", Params={"Bucket": BUCKET, "Key": "put"})
            # urllib says a content type of its own unless it is told one
            equal(status(url, "PUT", b"put", {"Content-Type": ""})[0], 200)


def post():
    client = boto3.client("s3")
    conditions = [["content-length-range", 1, 10], ["starts-with", "$Content-Type", "text/"]]
    form = client.generate_presigned_post(BUCKET, "form/${filename}", Conditions=conditions, ExpiresIn=60)

    def upload(data, **fields):
        boundary = uuid.uuid4().hex
        parts = [
            f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
            for name, value in {**form["fields"], **fields}.items()
        ]
        head = f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="f.txt"\r\n\r\n'.encode()
        body = b"".join(parts) + head + data + f"\r\n--{boundary}--\r\n".encode()
        return status(form["url"], "POST", body, {"Content-Type": f"multipart/form-data; boundary={boundary}"})[0]

    text = {"Content-Type": "text/plain"}
    equal(upload(b"posted", **text), 204)
    equal(client.get_object(Bucket=BUCKET, Key="form/f.txt")["Body"].read(), b"posted")
    equal(upload(b"much too long", **text), 400)
    equal(upload(b"posted", **{"Content-Type": "image/png"}), 403)
    equal(upload(b"posted", **text, acl="public-read"), 403)
    equal(upload(b"posted", **text, key="elsewhere"), 403)


run({"requests": requests, "presigned": presigned, "post": post})
