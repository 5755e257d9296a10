"""Reads the deployed service out of the account, as a person with read access would, and unpacks its functions.

Usage: python -m aws_account.deployed <url of the account> <folder for the functions>
Writes JSON to standard output: functions, routes, schedules, outputs, and the record of server.py.
"""

import hashlib
import io
import json
import sys
import zipfile
from base64 import b64encode
from pathlib import Path
from urllib.request import urlopen

import boto3

SERVICE = "FunnelConnectService"


def main(account, folder):
    record = json.load(urlopen(f"{account}/_conformance/record"))
    client = lambda service: boto3.client(service, endpoint_url=account, region_name="us-east-1")
    functions = list(read_functions(client, record["resources"], Path(folder)))
    names = {function["arn"]: function["name"] for function in functions}
    [stack] = client("cloudformation").describe_stacks(StackName=SERVICE)["Stacks"]
    api_id = next(one["physicalId"] for one in record["resources"] if one["type"] == "AWS::ApiGatewayV2::Api")
    read = {
        "functions": functions,
        "routes": list(read_routes(client("apigatewayv2"), api_id, functions)),
        "schedules": list(read_schedules(client("scheduler"), names)),
        "outputs": {one["OutputKey"]: one["OutputValue"] for one in stack["Outputs"]},
        "record": record,
    }
    json.dump(read, sys.stdout, default=str)


def read_functions(client, resources, folder):
    code_of = {
        one["physicalId"]: one["properties"]["Code"] for one in resources if one["type"] == "AWS::Lambda::Function"
    }
    for page in client("lambda").get_paginator("list_functions").paginate():
        for function in page["Functions"]:
            name = function["Description"].removeprefix("Funnel Connect: ")
            code = code_of[function["FunctionName"]]
            body = client("s3").get_object(Bucket=code["S3Bucket"], Key=code["S3Key"])["Body"].read()
            if b64encode(hashlib.sha256(body).digest()).decode() != function["CodeSha256"]:
                raise ValueError(f"The code of {name} is not what was published")
            zipfile.ZipFile(io.BytesIO(body)).extractall(folder / name)
            policy = client("lambda").get_policy(FunctionName=function["FunctionName"]) if has_policy(client, function) else None
            yield {
                "name": name,
                "arn": function["FunctionArn"],
                "directory": str(folder / name),
                "handler": function["Handler"],
                "environment": function["Environment"]["Variables"],
                "timeoutSeconds": function["Timeout"],
                "memoryMb": function["MemorySize"],
                "statements": list(read_statements(client("iam"), function["Role"].split("/")[-1])),
                "invokers": [] if policy is None else json.loads(policy["Policy"])["Statement"],
            }


def has_policy(client, function):
    try:
        client("lambda").get_policy(FunctionName=function["FunctionName"])
        return True
    except client("lambda").exceptions.ResourceNotFoundException:
        return False


def read_statements(iam, role):
    for name in iam.list_role_policies(RoleName=role)["PolicyNames"]:
        yield from iam.get_role_policy(RoleName=role, PolicyName=name)["PolicyDocument"]["Statement"]


def read_routes(api, api_id, functions):
    """API Gateway invokes a function only if the function's own policy lets it."""
    by_arn = {function["arn"]: function for function in functions}
    integrations = {one["IntegrationId"]: one for one in api.get_integrations(ApiId=api_id)["Items"]}
    for route in api.get_routes(ApiId=api_id)["Items"]:
        integration = integrations[route["Target"].removeprefix("integrations/")]
        function = by_arn[integration["IntegrationUri"]]
        allowed = any(
            invoker["Principal"] in ("apigateway.amazonaws.com", {"Service": "apigateway.amazonaws.com"})
            and f":{api_id}/*/*" in json.dumps(invoker)
            for invoker in function["invokers"]
        )
        if not allowed or integration["PayloadFormatVersion"] != "2.0":
            raise ValueError(f"API Gateway may not invoke {function['name']} for {route['RouteKey']}")
        yield {
            "routeKey": route["RouteKey"],
            "authorization": route.get("AuthorizationType", "NONE"),
            "function": function["name"],
        }


def read_schedules(scheduler, names):
    for summary in scheduler.list_schedules()["Schedules"]:
        schedule = scheduler.get_schedule(Name=summary["Name"])
        target = schedule["Target"]
        yield {
            "logicalId": schedule["Name"],
            "expression": schedule["ScheduleExpression"],
            "function": names[target["Arn"]],
            "input": json.loads(target.get("Input", "{}")),
        }


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
