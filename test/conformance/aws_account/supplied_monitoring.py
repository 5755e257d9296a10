"""The types that watch the service and tell people."""

import json

from botocore.validate import ParamValidator

from .supplied import Supplied, lower_first


class Alarm(Supplied):
    type, service = "AWS::CloudWatch::Alarm", "cloudwatch"

    def put(self, properties, created):
        name = properties.get("AlarmName", self.name)
        # A parameter is a text, which CloudFormation turns into the number that a property needs.
        threshold = float(properties["Threshold"])
        self.api.put_metric_alarm(**{**properties, "AlarmName": name, "Threshold": threshold})
        self.physical_resource_id = name
        [alarm] = self.api.describe_alarms(AlarmNames=[name])["MetricAlarms"]
        self.attributes = {"Arn": alarm["AlarmArn"]}

    def remove(self):
        self.api.delete_alarms(AlarmNames=[self.physical_resource_id])


class MetricFilter(Supplied):
    type, service = "AWS::Logs::MetricFilter", "logs"

    def put(self, properties, created):
        given = lower_first({"FilterName": self.name, **properties})
        for change in given["metricTransformations"]:
            # CloudFormation has a list, and the call an object.
            if "dimensions" in change:
                change["dimensions"] = {one["key"]: one["value"] for one in change["dimensions"]}
        self.api.put_metric_filter(**given)
        self.log_group = given["logGroupName"]

    def remove(self):
        self.api.delete_metric_filter(logGroupName=self.log_group, filterName=self.name)


class TopicPolicy(Supplied):
    type, service = "AWS::SNS::TopicPolicy", "sns"

    def put(self, properties, created):
        for topic in properties["Topics"]:
            document = json.dumps(properties["PolicyDocument"])
            self.api.set_topic_attributes(TopicArn=topic, AttributeName="Policy", AttributeValue=document)

    def remove(self):
        """A topic's policy goes with its topic."""


class Subscription(Supplied):
    type, service = "AWS::SNS::Subscription", "sns"

    def put(self, properties, created):
        self.physical_resource_id = self.api.subscribe(**properties, ReturnSubscriptionArn=True)["SubscriptionArn"]

    def remove(self):
        self.api.unsubscribe(SubscriptionArn=self.physical_resource_id)


class Checked(Supplied):
    """moto has no such resource at all. What is left is AWS's own description of the call that would make it."""

    operation = ""

    def check(self, given):
        shape = self.api.meta.service_model.operation_model(self.operation).input_shape
        report = ParamValidator().validate(given, shape)
        if report.has_errors():
            raise ValueError(f"{self.type} {self.name}: {report.generate_report()}")

    def remove(self):
        """It was never made."""


class CompositeAlarm(Checked):
    type, service, operation = "AWS::CloudWatch::CompositeAlarm", "cloudwatch", "PutCompositeAlarm"

    def put(self, properties, created):
        self.check(properties)
        self.physical_resource_id = properties["AlarmName"]
        self.attributes = {"Arn": f"arn:aws:cloudwatch:{self.region}:{self.account}:alarm:{properties['AlarmName']}"}


class QueryDefinition(Checked):
    type, service, operation = "AWS::Logs::QueryDefinition", "logs", "PutQueryDefinition"

    def put(self, properties, created):
        self.check(lower_first(properties))
