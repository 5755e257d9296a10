"""moto as one AWS account on loopback: one process, one thread, with what the other files here add to it.

Usage: python -m aws_account.server <port> <url of the HTTP API>

moto isolates DynamoDB's transactions only when requests come one after the other, so there is one thread.
GET /_conformance/record answers what the stacks created and what an update would have replaced. After
GET /_conformance/fail?AWS::SQS::QueuePolicy the next resource of this type cannot be created.
"""

import io
import json
import os
import sys

port, api_url = int(sys.argv[1]), sys.argv[2]
# The account and region for which infra/local/iam evaluates policies.
os.environ["MOTO_ACCOUNT_ID"] = "000000000000"
os.environ["AWS_DEFAULT_REGION"] = "us-east-1"
# This process must not call itself.
os.environ.pop("AWS_ENDPOINT_URL", None)

from moto import mock_aws  # noqa: E402
from moto.moto_server.werkzeug_app import (  # noqa: E402
    DomainDispatcherApplication,
    MotoRequestHandler,
    create_backend_app,
)
from werkzeug.serving import run_simple  # noqa: E402

from . import (  # noqa: E402
    change_sets,
    mended,
    stacks,
    supplied_api,
    supplied_data,
    supplied_monitoring,
    supplied_operation,
)

# boto3 in this process reaches moto's state without HTTP.
mock_aws().start()
supplied_api.API_URL = api_url
for part in (stacks, change_sets, mended):
    part.install()

moto = DomainDispatcherApplication(create_backend_app)
_committed = set()


def application(environ, start_response):
    """moto carries out a transaction a second time when an SDK repeats it. DynamoDB knows it by its token."""
    if not environ.get("HTTP_X_AMZ_TARGET", "").endswith(".TransactWriteItems"):
        return moto(environ, start_response)
    body = environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"]))
    environ["wsgi.input"] = io.BytesIO(body)
    token = json.loads(body).get("ClientRequestToken")
    if token in _committed:
        start_response("200 OK", [("content-type", "application/x-amz-json-1.0")])
        return [b"{}"]

    def note_success(status, headers, *rest):
        if status.startswith("200"):
            _committed.add(token)
        return start_response(status, headers, *rest)

    return moto(environ, note_success)


def with_record(environ, start_response):
    path = environ["PATH_INFO"]
    if path == "/_conformance/fail":
        stacks.failing = environ["QUERY_STRING"]
    elif path != "/_conformance/record":
        return application(environ, start_response)
    start_response("200 OK", [("content-type", "application/json")])
    return [json.dumps(stacks.record(), default=str).encode()]


class QuietHandler(MotoRequestHandler):
    def log_request(self, *_):
        pass


run_simple("127.0.0.1", port, with_record, threaded=False, request_handler=QuietHandler)
