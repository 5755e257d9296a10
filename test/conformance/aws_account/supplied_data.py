"""The types that hold data, or say who may read it."""

import json
import uuid

from .supplied import Supplied


class GlobalTable(Supplied):
    """A table with one replica, in the stack's region."""

    type, service = "AWS::DynamoDB::GlobalTable", "dynamodb"

    def put(self, properties, created):
        given = dict(properties)
        [replica] = given.pop("Replicas")
        ttl = given.pop("TimeToLiveSpecification", None)
        recovery = replica.pop("PointInTimeRecoverySpecification", None)
        encryption = given.pop("SSESpecification", {})
        stream = given.pop("StreamSpecification", None)
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
        # DynamoDB refuses a stream that is on already.
        if stream and (created or not self.stream):
            changeable["StreamSpecification"] = {"StreamEnabled": True, **stream}
        self.stream = stream
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
        table = self.api.describe_table(TableName=self.name)["Table"]
        self.attributes = {"Arn": table["TableArn"], "TableId": self.name}
        if stream:
            self.attributes["StreamArn"] = table["LatestStreamArn"]

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
