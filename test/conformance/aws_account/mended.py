"""Mends moto where it differs from AWS in what a deployment of this project needs: patterns of parameters, protection from
deletion, and updates that moto forgets."""

import json
import re

from moto.awslambda.models import LambdaBackend
from moto.cloudformation import models, parsing, responses
from moto.cloudformation.exceptions import ValidationError
from moto.core.responses import EmptyResult
from moto.dynamodb.models import dynamodb_backends
from moto.dynamodb.models.table import StreamShard
from moto.kms.models import Key
from moto.logs.models import LogGroup

from .supplied import client, lower_first


def install():
    check_parameters()
    mend_deletions()
    read_templates_by_path()
    mend_updates()
    mend_conditions()
    leave_functions_alone()


def check_parameters():
    load = parsing.ResourceMap.load_parameters

    def load_and_check(self):
        load(self)
        for name, slot in self._template.get("Parameters", {}).items():
            value = str(self.resolved_parameters[name])
            pattern, allowed = slot.get("AllowedPattern"), slot.get("AllowedValues")
            if pattern is not None and re.fullmatch(pattern, value) is None:
                rule = slot.get("ConstraintDescription", f"must match pattern {pattern}")
                raise ValidationError(name, f"Parameter '{name}' {rule}")
            if allowed is not None and value not in map(str, allowed):
                raise ValidationError(name, f"Parameter '{name}' must be one of {allowed}")

    parse = parsing.ResourceMap.parse_ssm_parameter

    def parse_name_or_value(self, value, value_type):
        """moto passes the value, and not the name, when an update keeps an earlier parameter."""
        return parse(self, value, value_type) if value.startswith("/") else value

    parsing.ResourceMap.load_parameters = load_and_check
    parsing.ResourceMap.parse_ssm_parameter = parse_name_or_value


def mend_deletions():
    """moto deletes what is protected, and knows one way of retention."""
    delete_stack = models.CloudFormationBackend.delete_stack
    delete_resources = parsing.ResourceMap.delete

    def delete_unprotected(self, name_or_stack_id):
        for stack in self.stacks.values():
            if name_or_stack_id in (stack.name, stack.stack_id) and stack.enable_termination_protection:
                message = f"Stack [{stack.name}] cannot be deleted while TerminationProtection is enabled"
                raise ValidationError(stack.name, message)
        delete_stack(self, name_or_stack_id)

    def delete_unretained(self):
        for resource in self._resource_json_map.values():
            rolling_back = getattr(self, "rolling_back", False)
            if resource.get("DeletionPolicy") == "RetainExceptOnCreate" and not rolling_back:
                resource["DeletionPolicy"] = "Retain"
        delete_resources(self)

    def update_termination_protection(self):
        stack = self.cloudformation_backend.get_stack(self._get_param("StackName"))
        stack.enable_termination_protection = self._get_bool_param("EnableTerminationProtection")
        return EmptyResult()

    def delete_key(self, account_id, region_name):
        """CloudFormation schedules a key for deletion. moto would forget it, and list it all the same."""
        client("kms", region_name).schedule_key_deletion(KeyId=self.id)

    Key.delete = delete_key
    responses.CloudFormationResponse.update_termination_protection = update_termination_protection
    models.CloudFormationBackend.delete_stack = delete_unprotected
    parsing.ResourceMap.delete = delete_unretained


def read_templates_by_path():
    """moto takes the bucket's name from the path of a URL for "localhost" only."""
    fetch = responses.get_stack_from_s3_url
    responses.get_stack_from_s3_url = lambda template_url, **rest: fetch(
        template_url.replace("//127.0.0.1", "//localhost"), **rest
    )


def leave_functions_alone():
    """moto would invoke functions for messages and for a table's stream, in Docker. The messages stay in their queue. A
    transaction copies the table, so the table must not hold the function, with its code, for which the stream is."""
    create = LambdaBackend.create_event_source_mapping

    def create_apart(self, spec):
        mapping = create(self, spec)
        for table in dynamodb_backends[self.account_id][self.region_name].tables.values():
            table.lambda_event_source_mappings = {}
        return mapping

    LambdaBackend.create_event_source_mapping = create_apart
    LambdaBackend.send_sqs_batch = lambda self, *_: False
    StreamShard.add = lambda self, *_: None


def mend_conditions():
    """moto changes a resource although its condition says that there is none."""
    update_one = parsing.parse_and_update_resource
    update_all = parsing.ResourceMap.update

    def update_existing(logical_id, resource_json, resources_map, *args, **kwargs):
        condition = resource_json.get("Condition")
        if condition and not resources_map.lazy_condition_map[condition]:
            return None
        # Reading it creates it, if its condition was false before.
        existed = logical_id in resources_map._parsed_resources
        found = resources_map[logical_id]
        return update_one(logical_id, resource_json, resources_map, *args, **kwargs) if existed else found

    def update_and_forget(self, *args, **kwargs):
        update_all(self, *args, **kwargs)
        absent = [name for name, one in self._parsed_resources.items() if one is None and "::" not in name]
        for name in absent:
            del self._parsed_resources[name]

    parsing.parse_and_update_resource = update_existing
    parsing.ResourceMap.update = update_and_forget


def mend_updates():
    """moto forgets these resources when a stack changes them, and cannot describe a key that a stack made."""
    create_key = Key.create_from_cloudformation_json.__func__

    def create_key_with_text(cls, *args, **kwargs):
        key = create_key(cls, *args, **kwargs)
        key.policy = json.dumps(key.policy)
        return key

    Key.create_from_cloudformation_json = classmethod(create_key_with_text)

    def update_key(cls, original_resource, new_resource_name, cloudformation_json, account_id, region_name):
        properties = cloudformation_json["Properties"]
        kms, key = client("kms", region_name), original_resource.id
        kms.put_key_policy(KeyId=key, Policy=json.dumps(properties["KeyPolicy"]), PolicyName="default")
        kms.update_key_description(KeyId=key, Description=properties.get("Description", ""))
        rotates = properties.get("EnableKeyRotation", False)
        (kms.enable_key_rotation if rotates else kms.disable_key_rotation)(KeyId=key)
        return original_resource

    def update_group(cls, original_resource, new_resource_name, cloudformation_json, account_id, region_name):
        given = lower_first(cloudformation_json["Properties"])
        client("logs", region_name).put_retention_policy(
            logGroupName=original_resource.name, retentionInDays=given["retentionInDays"]
        )
        return original_resource

    Key.update_from_cloudformation_json = classmethod(update_key)
    LogGroup.update_from_cloudformation_json = classmethod(update_group)
