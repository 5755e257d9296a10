"""CloudFormation types that moto's stacks do not know. Each is created in moto's own service, by an API call that boto3
checks against AWS's description of the service, so that a property AWS does not take is refused. This file has what the
types share."""

import boto3
from botocore.exceptions import ClientError
from moto.core.common_models import CloudFormationModel

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


def without(properties, *names):
    return {name: value for name, value in properties.items() if name not in names}


def lower_first(value):
    """CloudWatch Logs spells members in camel case, and CloudFormation in Pascal case."""
    if isinstance(value, dict):
        return {name[0].lower() + name[1:]: lower_first(member) for name, member in value.items()}
    return [lower_first(member) for member in value] if isinstance(value, list) else value
