"""Mends moto's CloudFormation where it differs from AWS's in what a deployment of this project needs, and records what each
stack has: change sets keep outputs and exports, parameters are checked against their patterns, properties that cannot be
changed in place are noticed, and a type that nothing creates is an error."""

import json
import re
import traceback
from pathlib import Path

import cfnlint
from moto.cloudformation import models, parsing, responses
from moto.cloudformation.exceptions import CloudFormationError, ValidationError
from moto.core.responses import EmptyResult
from moto.kms.models import Key
from moto.logs.models import LogGroup

from .supplied import Supplied, client, lower_first

SCHEMAS = Path(cfnlint.__file__).parent / "data" / "schemas"
_schema_of = json.loads((SCHEMAS / "providers" / "us-east-1.json").read_text())
_record = {}
# The type of which the next resource cannot be created, for the test of a deployment that fails.
failing = None
_replaced = []


class ChangeSetNotFound(CloudFormationError):
    code = "ChangeSetNotFound"


def record():
    return {"resources": list(_record.values()), "replaced": _replaced}


def create_only(resource_type):
    """The top-level properties that CloudFormation changes only by a replacement, by AWS's own registry."""
    schema = json.loads((SCHEMAS / "resources" / f"{_schema_of[resource_type]}.json").read_text())
    return {pointer.split("/")[2] for pointer in schema.get("createOnlyProperties", [])}


def install():
    known = [*parsing.get_model_list(), *supplied_types(Supplied)]
    parsing.get_model_list = lambda: known
    resolve = parsing.parse_resource_and_generate_name
    create = parsing.parse_and_create_resource

    def resolve_and_record(logical_id, resource_json, resources_map):
        resource_type = resource_json["Type"]
        if resource_type not in parsing.get_model_map():
            raise ValidationError(logical_id, f"moto and supplied.py do not know the type {resource_type}")
        resolved = resolve(logical_id, resource_json, resources_map)
        if resolved is None:
            return None
        properties = dict(resolved[1]["Properties"])
        stack = resources_map["AWS::StackName"]
        entry = _record.get((stack, logical_id))
        if entry is not None:
            for name in create_only(resource_type):
                before, after = entry["properties"].get(name), properties.get(name)
                if before != after:
                    change = f"{name}: {json.dumps(before)} -> {json.dumps(after)}"
                    _replaced.append(f"{stack} {logical_id} ({resource_type}) {change}")
        physical_id = entry and entry["physicalId"]
        _record[(stack, logical_id)] = {
            "stack": stack,
            "logicalId": logical_id,
            "type": resource_type,
            "physicalId": physical_id,
            "properties": json.loads(json.dumps(properties, default=str)),
        }
        return resolved

    def create_and_record(logical_id, resource_json, resources_map, account_id, region_name):
        global failing
        if resource_json["Type"] == failing:
            failing = None
            raise ValueError(f"{logical_id} fails because a test wants it to")
        resource = create(logical_id, resource_json, resources_map, account_id, region_name)
        if resource is not None:
            entry = _record[(resources_map["AWS::StackName"], logical_id)]
            entry["physicalId"] = resource.physical_resource_id
        return resource

    parsing.parse_resource_and_generate_name = resolve_and_record
    parsing.parse_and_create_resource = create_and_record
    check_parameters()
    mend_change_sets()
    mend_deletions()
    read_templates_by_path()
    mend_updates()


def supplied_types(parent):
    for child in parent.__subclasses__():
        if child.type:
            yield child
        yield from supplied_types(child)


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


def keep_exports(stack, template):
    """CloudFormation refuses to remove an export that another stack imports."""
    backend = models.cloudformation_backends[stack.account_id][stack.region_name]
    kept = {json.dumps(output["Export"]["Name"]) for output in template["Outputs"].values() if "Export" in output}
    for export in stack.exports:
        for other in backend.stacks.values():
            used = json.dumps({"Fn::ImportValue": export.name}) in json.dumps(other.template_dict)
            if used and json.dumps(export.name) not in kept:
                raise ValueError(f"Export {export.name} cannot be deleted as it is in use by {other.name}")


def mend_change_sets():
    def apply(self):
        """What a failure leaves behind is what CloudFormation leaves, so that the CDK's command line says why."""
        try:
            carry_out(self)
        except Exception as error:
            traceback.print_exc()
            self.failure = f"{type(error).__name__}: {error}"

    def carry_out(self):
        stack = self.stack
        if self.change_set_type == "UPDATE":
            keep_exports(stack, self.template_dict)
            stack.update(self.template, self.role_arn, self.parameters, self.tags)
        else:
            backend = models.cloudformation_backends[stack.account_id][stack.region_name]
            stack.template = self.template
            stack.cross_stack_resources = backend.exports
            stack._parse_template()
            stack.resource_map = stack._create_resource_map()
            stack.output_map = stack._create_output_map()
            stack.create_resources()
        backend = models.cloudformation_backends[stack.account_id][stack.region_name]
        for export in stack.exports:
            backend.exports[export.name] = export

    execute = models.CloudFormationBackend.execute_change_set

    def execute_and_forget(self, change_set_name, stack_name=None):
        """moto finds a change set by its name alone, whatever its stack, so that only one of a name may exist."""
        change_set = self.describe_change_set(change_set_name)
        execute(self, change_set_name, stack_name)
        self.delete_change_set(change_set_name)
        reason = getattr(change_set, "failure", None)
        if reason is not None:
            update = change_set.change_set_type == "UPDATE"
            failed = "UPDATE_FAILED" if update else "CREATE_FAILED"
            change_set.stack._add_stack_event(failed, resource_status_reason=reason)
            change_set.stack.status = "UPDATE_ROLLBACK_COMPLETE" if update else roll_back(change_set.stack)

    def present(self, change_set_name):
        return any(change_set_name in (id, one.change_set_name) for id, one in self.change_sets.items())

    delete = models.CloudFormationBackend.delete_change_set
    describe = models.CloudFormationBackend.describe_change_set

    def delete_if_present(self, change_set_name):
        if present(self, change_set_name):
            delete(self, change_set_name)

    def describe_if_present(self, change_set_name):
        if not present(self, change_set_name):
            raise ChangeSetNotFound(f"ChangeSet [{change_set_name}] does not exist")
        return describe(self, change_set_name)

    def update_termination_protection(self):
        stack = self.cloudformation_backend.get_stack(self._get_param("StackName"))
        stack.enable_termination_protection = self._get_bool_param("EnableTerminationProtection")
        return EmptyResult()

    models.ChangeSet.apply = apply
    models.CloudFormationBackend.execute_change_set = execute_and_forget
    models.CloudFormationBackend.delete_change_set = delete_if_present
    models.CloudFormationBackend.describe_change_set = describe_if_present
    responses.CloudFormationResponse.update_termination_protection = update_termination_protection


def roll_back(stack):
    """Deletes what a creation that failed has created, unless it is to be retained even then. Returns the stack's status."""
    try:
        stack.resource_map.rolling_back = True
        stack.resource_map.delete()
        # moto would create a resource again to describe an output.
        stack.template_dict = {"Resources": {}}
        stack.output_map = stack._create_output_map()
        return "ROLLBACK_COMPLETE"
    except Exception as error:
        stack._add_stack_event("DELETE_FAILED", resource_status_reason=str(error))
        return "ROLLBACK_FAILED"


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

    def delete_key(self, account_id, region_name):
        """CloudFormation schedules a key for deletion. moto would forget it, and list it all the same."""
        client("kms", region_name).schedule_key_deletion(KeyId=self.id)

    Key.delete = delete_key
    models.CloudFormationBackend.delete_stack = delete_unprotected
    parsing.ResourceMap.delete = delete_unretained


def read_templates_by_path():
    """moto takes the bucket's name from the path of a URL for "localhost" only."""
    fetch = responses.get_stack_from_s3_url
    responses.get_stack_from_s3_url = lambda template_url, **rest: fetch(
        template_url.replace("//127.0.0.1", "//localhost"), **rest
    )


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
