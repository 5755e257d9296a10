"""The types that run functions."""

from .supplied import Supplied


class Schedule(Supplied):
    type, service = "AWS::Scheduler::Schedule", "scheduler"

    def put(self, properties, created):
        call = self.api.create_schedule if created else self.api.update_schedule
        arn = call(**{**properties, "Name": self.name})["ScheduleArn"]
        self.attributes = {"Arn": arn}

    def remove(self):
        self.api.delete_schedule(Name=self.name)


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
