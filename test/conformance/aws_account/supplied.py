"""CloudFormation types that moto's stacks do not know. Each is created in moto's own service, by an API call that boto3
checks against AWS's description of the service, so that a property AWS does not take is refused."""

import json
import uuid

import boto3
from botocore.exceptions import ClientError
from moto.apigatewayv2.models import apigatewayv2_backends
from moto.core.common_models import CloudFormationModel

API_URL = ""
_clients = {}


def client(service, region):
    key = (service, region)
    if key not in _clients:
        _clients[key] = boto3.client(service, region_name=region)
    return _clients[key]


class Supplied(CloudFormationModel):
    """A resource that a stack created by an API call."""

    type = ""
    service = ""

    def __init__(self, name, region, account):
        self.name, self.region, self.account = name, region, account
        self.physical_resource_id = name
        self.attributes = {}

    @property
    def api(self):
        return client(self.service, self.region)

    def put(self, properties, created):
        """Creates or changes the resource. Sets its physical id and its attributes."""
        raise NotImplementedError(self.type)

    def remove(self):
        raise NotImplementedError(self.type)

    def get_cfn_attribute(self, name):
        return self.attributes[name]

    @classmethod
    def has_cfn_attr(cls, attr):
        return True

    @classmethod
    def cloudformation_name_type(cls):
        return ""

    @classmethod
    def cloudformation_type(cls):
        return cls.type

    @classmethod
    def create_from_cloudformation_json(cls, resource_name, cloudformation_json, account_id, region_name, **_):
        resource = cls(resource_name, region_name, account_id)
        resource.put(cloudformation_json["Properties"], created=True)
        return resource

    @classmethod
    def update_from_cloudformation_json(
        cls, original_resource, new_resource_name, cloudformation_json, account_id, region_name
    ):
        original_resource.put(cloudformation_json["Properties"], created=False)
        return original_resource

    def delete(self, account_id, region):
        """moto deletes in any order, so what the resource was part of may be gone."""
        try:
            self.remove()
        except ClientError as error:
            if "NotFound" not in error.response["Error"]["Code"]:
                raise


class HttpApi(Supplied):
    type, service = "AWS::ApiGatewayV2::Api", "apigatewayv2"

    def put(self, properties, created):
        if not created:
            self.api.update_api(ApiId=self.physical_resource_id, **without(properties, "ProtocolType"))
            return
        self.physical_resource_id = self.api.create_api(**properties)["ApiId"]
        # What stands in for API Gateway listens there.
        apigatewayv2_backends[self.account][self.region].apis[self.physical_resource_id].api_endpoint = API_URL
        self.attributes = {"ApiId": self.physical_resource_id, "ApiEndpoint": API_URL}

    def remove(self):
        self.api.delete_api(ApiId=self.physical_resource_id)


class PartOfApi(Supplied):
    """A stage, an integration or a route."""

    service = "apigatewayv2"
    noun = id = ""

    def put(self, properties, created):
        if created:
            answer = getattr(self.api, f"create_{self.noun}")(**properties)
            self.physical_resource_id = answer[self.id]
            self.api_id = properties["ApiId"]
            return
        getattr(self.api, f"update_{self.noun}")(**{**properties, self.id: self.physical_resource_id})

    def remove(self):
        getattr(self.api, f"delete_{self.noun}")(ApiId=self.api_id, **{self.id: self.physical_resource_id})


class Stage(PartOfApi):
    """moto cannot change a stage."""

    type, noun, id = "AWS::ApiGatewayV2::Stage", "stage", "StageName"

    def put(self, properties, created):
        if not created:
            self.remove()
        super().put(properties, created=True)


class Integration(PartOfApi):
    type, noun, id = "AWS::ApiGatewayV2::Integration", "integration", "IntegrationId"


class Route(PartOfApi):
    type, noun, id = "AWS::ApiGatewayV2::Route", "route", "RouteId"


class GlobalTable(Supplied):
    """A table with one replica, in the stack's region."""

    type, service = "AWS::DynamoDB::GlobalTable", "dynamodb"

    def put(self, properties, created):
        given = dict(properties)
        [replica] = given.pop("Replicas")
        ttl = given.pop("TimeToLiveSpecification", None)
        recovery = replica.pop("PointInTimeRecoverySpecification", None)
        encryption = given.pop("SSESpecification", {})
        region = replica.pop("Region")
        if region != self.region:
            raise ValueError(f"A replica in {region} for a stack in {self.region}")
        changeable = {
            "AttributeDefinitions": given.pop("AttributeDefinitions"),
            "BillingMode": given.pop("BillingMode"),
            "DeletionProtectionEnabled": replica.pop("DeletionProtectionEnabled", False),
            "SSESpecification": {
                "Enabled": encryption.get("SSEEnabled", False),
                "SSEType": encryption.get("SSEType", "KMS"),
                "KMSMasterKeyId": replica.pop("SSESpecification", {}).get("KMSMasterKeyId", ""),
            },
        }
        # Settings of the indexes in this replica. CDK names each index, and sets nothing.
        indexes = replica.pop("GlobalSecondaryIndexes", [])
        if replica or any(len(index) > 1 for index in indexes):
            raise ValueError(f"The plugin does not know these properties of a replica: {list(replica)}")
        if created:
            self.api.create_table(TableName=self.name, **given, **changeable)
            self.fixed = given
        else:
            self.change(given, changeable)
        if ttl:
            self.set_time_to_live(ttl)
        if recovery:
            self.api.update_continuous_backups(
                TableName=self.name, PointInTimeRecoverySpecification=recovery
            )
        arn = self.api.describe_table(TableName=self.name)["Table"]["TableArn"]
        self.attributes = {"Arn": arn, "TableId": self.name}

    def change(self, given, changeable):
        """DynamoDB adds and removes one index for each call. It changes neither keys nor an index."""
        before = {index["IndexName"]: index for index in self.fixed.get("GlobalSecondaryIndexes", [])}
        after = {index["IndexName"]: index for index in given.get("GlobalSecondaryIndexes", [])}
        for name in before.keys() & after.keys():
            if before[name] != after[name]:
                raise ValueError(f"The index {name} of the table cannot be changed in place")
        if self.fixed["KeySchema"] != given["KeySchema"]:
            raise ValueError("The key of the table cannot be changed in place")
        self.api.update_table(TableName=self.name, **changeable)
        for name in before.keys() - after.keys():
            self.change_index(changeable, {"Delete": {"IndexName": name}})
        for name in after.keys() - before.keys():
            self.change_index(changeable, {"Create": after[name]})
        self.fixed = given

    def change_index(self, changeable, update):
        attributes = changeable["AttributeDefinitions"]
        self.api.update_table(
            TableName=self.name, AttributeDefinitions=attributes, GlobalSecondaryIndexUpdates=[update]
        )

    def set_time_to_live(self, wanted):
        present = self.api.describe_time_to_live(TableName=self.name)["TimeToLiveDescription"]
        if (present["TimeToLiveStatus"] == "ENABLED") != wanted["Enabled"]:
            self.api.update_time_to_live(TableName=self.name, TimeToLiveSpecification=wanted)

    def remove(self):
        self.api.delete_table(TableName=self.name)


class Alarm(Supplied):
    type, service = "AWS::CloudWatch::Alarm", "cloudwatch"

    def put(self, properties, created):
        name = properties.get("AlarmName", self.name)
        self.api.put_metric_alarm(**{**properties, "AlarmName": name})
        self.physical_resource_id = name
        [alarm] = self.api.describe_alarms(AlarmNames=[name])["MetricAlarms"]
        self.attributes = {"Arn": alarm["AlarmArn"]}

    def remove(self):
        self.api.delete_alarms(AlarmNames=[self.physical_resource_id])


class Schedule(Supplied):
    type, service = "AWS::Scheduler::Schedule", "scheduler"

    def put(self, properties, created):
        call = self.api.create_schedule if created else self.api.update_schedule
        arn = call(**{**properties, "Name": self.name})["ScheduleArn"]
        self.attributes = {"Arn": arn}

    def remove(self):
        self.api.delete_schedule(Name=self.name)


class MetricFilter(Supplied):
    type, service = "AWS::Logs::MetricFilter", "logs"

    def put(self, properties, created):
        given = lower_first({"FilterName": self.name, **properties})
        self.api.put_metric_filter(**given)
        self.log_group = given["logGroupName"]

    def remove(self):
        self.api.delete_metric_filter(logGroupName=self.log_group, filterName=self.name)


class EventInvokeConfig(Supplied):
    type, service = "AWS::Lambda::EventInvokeConfig", "lambda"

    def put(self, properties, created):
        if not created:
            self.remove()
        self.api.put_function_event_invoke_config(**properties)
        self.function = properties["FunctionName"]

    def remove(self):
        self.api.delete_function_event_invoke_config(FunctionName=self.function)


class Permission(Supplied):
    """moto has this type without an id, so that no stack can list it."""

    type, service = "AWS::Lambda::Permission", "lambda"

    def put(self, properties, created):
        if not created:
            self.remove()
        self.function = properties["FunctionName"]
        self.api.add_permission(**properties, StatementId=self.name)

    def remove(self):
        self.api.remove_permission(FunctionName=self.function, StatementId=self.name)


class QueuePolicy(Supplied):
    type, service = "AWS::SQS::QueuePolicy", "sqs"

    def put(self, properties, created):
        policy = json.dumps(properties["PolicyDocument"])
        for url in properties["Queues"]:
            self.api.set_queue_attributes(QueueUrl=url, Attributes={"Policy": policy})
        self.physical_resource_id = str(uuid.uuid4()) if created else self.physical_resource_id

    def remove(self):
        pass


class BucketPolicy(Supplied):
    """moto takes no notice of a statement's conditions. A refusal of unencrypted calls would refuse all calls."""

    type, service = "AWS::S3::BucketPolicy", "s3"

    def put(self, properties, created):
        document = properties["PolicyDocument"]
        statements = [one for one in document["Statement"] if "Condition" not in one]
        policy = json.dumps({**document, "Statement": statements})
        self.api.put_bucket_policy(Bucket=properties["Bucket"], Policy=policy)
        self.physical_resource_id = properties["Bucket"]

    def remove(self):
        self.api.delete_bucket_policy(Bucket=self.physical_resource_id)


def without(properties, *names):
    return {name: value for name, value in properties.items() if name not in names}


def lower_first(value):
    """CloudWatch Logs spells members in camel case, and CloudFormation in Pascal case."""
    if isinstance(value, dict):
        return {name[0].lower() + name[1:]: lower_first(member) for name, member in value.items()}
    return [lower_first(member) for member in value] if isinstance(value, list) else value
