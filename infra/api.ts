// The HTTP API: one route for each entry of the route table, one integration for each function, access logs without secrets.
import { RemovalPolicy, Stack, Validations } from 'aws-cdk-lib'
import { type CfnApi, CfnIntegration, CfnRoute, CfnStage, HttpApi } from 'aws-cdk-lib/aws-apigatewayv2'
import { ServicePrincipal } from 'aws-cdk-lib/aws-iam'
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs'
import { Construct } from 'constructs'
import { ROUTES, type RouteKey } from '#http/routes.ts'
import { type Functions, pascalCase } from './functions.ts'

/**
 * The access log has neither path nor query, because they hold codes, states and link secrets. It names the route; the
 * function's own log says the rest. A line has the address that a call came from. That of an operator call, which reaches no
 * function if it is refused, has the principal, too, if API Gateway knows it.
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
/** For each route: less than the account's 10,000 a second, so that a flood of one route leaves room for the others. */
const REQUESTS_PER_SECOND = 2_000
const BURST = 4_000
/**
 * In these regions an account has 2,500 requests a second in bursts of 1,250, unless AWS raised that; elsewhere 10,000 and
 * 5,000. A stage cannot have more than its account.
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html
 */
const SMALL_REGIONS: ReadonlySet<string> = new Set([
  'af-south-1',
  'ap-south-2',
  'ap-southeast-3',
  'ap-southeast-4',
  'ap-southeast-5',
  'ap-southeast-7',
  'ca-west-1',
  'eu-central-2',
  'eu-south-1',
  'eu-south-2',
  'il-central-1',
  'me-central-1',
  'mx-central-1',
])
const BURST_IN_SMALL_REGIONS = 1_250
/**
 * Each route has the limits above for itself, the proxy too. Browsers call these without a credential, so a flood of them
 * must not fill the account's concurrency. So many end users a second do not connect.
 */
const BROWSER_ROUTES = [
  'GET /v1/authorize',
  'GET /v1/callback/{app_id}',
  'GET /v1/manage',
  'POST /v1/manage',
] as const satisfies RouteKey[]
const BROWSER_LIMITS = { ThrottlingRateLimit: 100, ThrottlingBurstLimit: 200 }
/** The API's id is the host of every redirect URI that is registered at ClickFunnels. */
const API_LOGICAL_ID = 'ApiHttp17514DA7'

/** The API is made without routes, because functions need its URL and routes need the functions. */
export class Api extends Construct {
  readonly http: HttpApi
  readonly accessLog: LogGroup
  readonly #stage: CfnStage

  constructor(scope: Construct, id: string) {
    super(scope, id)
    Validations.of(this).acknowledge({
      id: 'AwsSolutions-APIG4',
      reason:
        'Tenants, browsers and preflights are authenticated in the functions (docs/adr/0002); the operator routes use IAM.',
    })
    this.http = new HttpApi(this, 'Http', { apiName: 'funnel-connect', createDefaultStage: false })
    const api = this.http.node.defaultChild as CfnApi
    api.overrideLogicalId(API_LOGICAL_ID)
    const burst = SMALL_REGIONS.has(Stack.of(this).region) ? BURST_IN_SMALL_REGIONS : BURST
    this.accessLog = new LogGroup(this, 'AccessLog', {
      retention: RetentionDays.ONE_MONTH,
      removalPolicy: RemovalPolicy.DESTROY,
    })
    this.#stage = new CfnStage(this, 'Stage', {
      apiId: this.http.apiId,
      stageName: '$default',
      autoDeploy: true,
      accessLogSettings: { destinationArn: this.accessLog.logGroupArn, format: JSON.stringify(ACCESS_LOG) },
      defaultRouteSettings: { throttlingRateLimit: REQUESTS_PER_SECOND, throttlingBurstLimit: burst },
      routeSettings: Object.fromEntries(BROWSER_ROUTES.map((route) => [route, BROWSER_LIMITS])),
    })
  }

  /** The URL of the API, without a slash at the end. */
  get url(): string {
    return this.http.apiEndpoint
  }

  /** Makes the routes, once the functions exist. */
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
        // One permission for each function. With one for each route, the policy would exceed its size limit.
        lambda.addPermission('Api', {
          principal: new ServicePrincipal('apigateway.amazonaws.com'),
          sourceArn: Stack.of(this).formatArn({
            service: 'execute-api',
            resource: this.http.apiId,
            resourceName: '*/*',
          }),
        })
      }
      const route = new CfnRoute(this, `Route ${key}`.replace(/[^A-Za-z0-9]+/g, '-'), {
        apiId: this.http.apiId,
        routeKey: key,
        authorizationType: access === 'operator' ? 'AWS_IAM' : 'NONE',
        target: `integrations/${integration.ref}`,
      })
      // A stage cannot name a route that does not exist yet.
      if (BROWSER_ROUTES.some((limited) => limited === key)) this.#stage.addResourceDependency(route)
    }
  }
}
