"""Records what each stack of moto has, and what CloudFormation would have replaced. A type that neither moto nor the files
supplied_*.py know is an error."""

import json
from pathlib import Path

import cfnlint
from moto.cloudformation import parsing
from moto.cloudformation.exceptions import ValidationError

from .supplied import Supplied

SCHEMAS = Path(cfnlint.__file__).parent / "data" / "schemas"
_schema_of = json.loads((SCHEMAS / "providers" / "us-east-1.json").read_text())
_record = {}
_replaced = []
# The type of which the next resource cannot be created, for the test of a deployment that fails.
failing = None


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
            raise ValidationError(logical_id, f"neither moto nor supplied_*.py knows the type {resource_type}")
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


def supplied_types(parent):
    for child in parent.__subclasses__():
        if child.type:
            yield child
        yield from supplied_types(child)
