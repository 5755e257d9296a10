"""Mends moto's change sets, which lose the outputs and exports of a stack and the reason of a failure."""

import json
import traceback

from moto.cloudformation import models
from moto.cloudformation.exceptions import CloudFormationError


class ChangeSetNotFound(CloudFormationError):
    code = "ChangeSetNotFound"


def keep_exports(stack, template):
    """CloudFormation refuses to remove an export that another stack imports."""
    backend = models.cloudformation_backends[stack.account_id][stack.region_name]
    kept = {json.dumps(output["Export"]["Name"]) for output in template["Outputs"].values() if "Export" in output}
    for export in stack.exports:
        for other in backend.stacks.values():
            used = json.dumps({"Fn::ImportValue": export.name}) in json.dumps(other.template_dict)
            if used and json.dumps(export.name) not in kept:
                raise ValueError(f"Export {export.name} cannot be deleted as it is in use by {other.name}")


def install():
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

    models.ChangeSet.apply = apply
    models.CloudFormationBackend.execute_change_set = execute_and_forget
    models.CloudFormationBackend.delete_change_set = delete_if_present
    models.CloudFormationBackend.describe_change_set = describe_if_present


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
