// The HTTP API: a route for every entry of the route table, one integration a function, access logs without secrets.
import { RemovalPolicy, Stack, Validations } from 'aws-cdk-lib'
import { CfnIntegration, CfnRoute, CfnStage, HttpApi } from 'aws-cdk-lib/aws-apigatewayv2'
import { ServicePrincipal } from 'aws-cdk-lib/aws-iam'
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs'
import { Construct } from 'constructs'
import { ROUTES, type RouteKey } from '#http/routes.ts'
import { type Functions, pascalCase } from './functions.ts'

/**
 * Neither path nor query: they hold codes, states and link secrets. The route says where, our own log says the rest. A
 * refused credential leaves the address it came from, and a refused operator call the address and the principal, if API
 * Gateway knows it. Those calls reach no function.
 */
const ACCESS_LOG = {
  requestId: '$context.requestId',
  time: '$context.requestTime',
  route: '$context.routeKey',
  status: '$context.status',
  latencyMs: '$context.responseLatency',
  bytes: '$context.responseLength',
  sourceIp: '$context.identity.sourceIp',
  principal: '$context.identity.userArn',
  error: '$context.error.message',
  errorType: '$context.error.responseType',
  integrationError: '$context.integrationErrorMessage',
}
const REQUESTS_PER_SECOND = 2_000
const BURST = 4_000

/** An API without routes; functions need its endpoint before routes can name functions. */
export class Api extends Construct {
  readonly http: HttpApi

  constructor(scope: Construct, id: string) {
    super(scope, id)
    Validations.of(this).acknowledge({
      id: 'AwsSolutions-APIG4',
      reason:
        'Tenants, browsers and preflights are authenticated in the functions (docs/adr/0002); the operator routes use IAM.',
    })
    this.http = new HttpApi(this, 'Http', { apiName: 'funnel-connect', createDefaultStage: false })
    const log = new LogGroup(this, 'AccessLog', {
      retention: RetentionDays.ONE_MONTH,
      removalPolicy: RemovalPolicy.DESTROY,
    })
    new CfnStage(this, 'Stage', {
      apiId: this.http.apiId,
      stageName: '$default',
      autoDeploy: true,
      accessLogSettings: { destinationArn: log.logGroupArn, format: JSON.stringify(ACCESS_LOG) },
      defaultRouteSettings: { throttlingRateLimit: REQUESTS_PER_SECOND, throttlingBurstLimit: BURST },
    })
  }

  /** The URL of the API, without a slash at the end. */
  get url(): string {
    return this.http.apiEndpoint
  }

  /** Makes the routes of the route table. */
  serve(functions: Functions): void {
    const integrations = new Map<string, CfnIntegration>()
    for (const key of Object.keys(ROUTES) as RouteKey[]) {
      const { function: name, access } = ROUTES[key]
      const { lambda } = functions[name]
      const existing = integrations.get(name)
      const integration =
        existing ??
        new CfnIntegration(this, `${pascalCase(name)}Integration`, {
          apiId: this.http.apiId,
          integrationType: 'AWS_PROXY',
          integrationUri: lambda.functionArn,
          payloadFormatVersion: '2.0',
        })
      if (existing === undefined) {
        integrations.set(name, integration)
        // One permission a function, not one a route: they would outgrow the policy's size limit.
        lambda.addPermission('Api', {
          principal: new ServicePrincipal('apigateway.amazonaws.com'),
          sourceArn: Stack.of(this).formatArn({
            service: 'execute-api',
            resource: this.http.apiId,
            resourceName: '*/*',
          }),
        })
      }
      new CfnRoute(this, `Route ${key}`.replace(/[^A-Za-z0-9]+/g, '-'), {
        apiId: this.http.apiId,
        routeKey: key,
        authorizationType: access === 'operator' ? 'AWS_IAM' : 'NONE',
        target: `integrations/${integration.ref}`,
      })
    }
  }
}
