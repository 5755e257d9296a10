"""The types that run functions, and that watch them."""

from .supplied import Supplied, lower_first


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
