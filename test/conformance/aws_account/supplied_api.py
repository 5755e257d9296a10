"""The types of the HTTP API."""

from moto.apigatewayv2.models import apigatewayv2_backends

from .supplied import Supplied, without

# What stands in for API Gateway listens there.
API_URL = ""


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
