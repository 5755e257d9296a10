import { App, Stack } from 'aws-cdk-lib'
import type { CfnStage } from 'aws-cdk-lib/aws-apigatewayv2'
import { describe, expect, it } from 'vitest'
import { ROUTES, type RouteKey } from '#http/routes.ts'
import { Api } from '../../infra/api.ts'
import { readDeployment } from '../../infra/local/cloudformation/template.ts'
import { directory, resourcesOf, service } from './synthesized.ts'

const routes = new Map(
  resourcesOf(service, 'AWS::ApiGatewayV2::Route').map(([, { Properties }]) => [
    Properties.RouteKey as string,
    Properties,
  ]),
)
const expected = Object.entries(ROUTES) as [RouteKey, (typeof ROUTES)[RouteKey]][]

describe('API', () => {
  it('has the routes of the route table and no others', () => {
    expect([...routes.keys()].sort()).toEqual(Object.keys(ROUTES).sort())
  })

  it('sends each route to its function', () => {
    const deployment = readDeployment(directory, { publicUrl: 'https://api.example.com', parameters: {} })
    const targets = Object.fromEntries(deployment.routes.map((route) => [route.routeKey, route.function]))
    expect(targets).toEqual(Object.fromEntries(expected.map(([key, route]) => [key, route.function])))
  })

  it('asks for an IAM signature on the operator routes, and on no other', () => {
    for (const [key, { access }] of expected) {
      expect(routes.get(key)?.AuthorizationType, key).toBe(access === 'operator' ? 'AWS_IAM' : 'NONE')
    }
  })

  it('leaves credentials and CORS to the functions: it has no authorizers and no CORS configuration', () => {
    expect(resourcesOf(service, 'AWS::ApiGatewayV2::Authorizer')).toEqual([])
    const [[, api] = []] = resourcesOf(service, 'AWS::ApiGatewayV2::Api')
    expect(api?.Properties).toEqual({ Name: 'funnel-connect', ProtocolType: 'HTTP' })
  })

  it('has one integration and one permission per function', () => {
    const served = new Set(expected.map(([, route]) => route.function)).size
    const integrations = resourcesOf(service, 'AWS::ApiGatewayV2::Integration')
    expect(integrations).toHaveLength(served)
    for (const [id, { Properties }] of integrations) {
      expect(Properties, id).toMatchObject({ IntegrationType: 'AWS_PROXY', PayloadFormatVersion: '2.0' })
    }
    const permissions = resourcesOf(service, 'AWS::Lambda::Permission')
    expect(permissions).toHaveLength(served)
    for (const [id, { Properties }] of permissions) {
      expect(Properties, id).toMatchObject({
        Action: 'lambda:InvokeFunction',
        Principal: 'apigateway.amazonaws.com',
      })
      // "*/*" and not "*/*/*": the $default route calls as "$default/$default".
      const arn: unknown[] = Properties.SourceArn['Fn::Join'][1]
      expect(arn.at(-1), id).toBe('/*/*')
      expect(arn.at(-2), id).toEqual({ Ref: expect.stringMatching(/^ApiHttp/) })
    }
  })
})

describe('API stage', () => {
  const [[, stage] = []] = resourcesOf(service, 'AWS::ApiGatewayV2::Stage')

  it('is deployed with every change, at the root, with a limit of requests', () => {
    expect(stage?.Properties).toMatchObject({
      StageName: '$default',
      AutoDeploy: true,
      DefaultRouteSettings: {
        ThrottlingRateLimit: expect.any(Number),
        ThrottlingBurstLimit: expect.any(Number),
      },
    })
  })

  it('limits the routes that browsers call without a credential more, once they exist', () => {
    const limits = { ThrottlingRateLimit: 100, ThrottlingBurstLimit: 200 }
    expect(stage?.Properties.RouteSettings).toEqual({
      'GET /v1/authorize': limits,
      'GET /v1/manage': limits,
      'POST /v1/manage': limits,
      'GET /v1/callback/{app_id}': limits,
    })
    const routes = (stage?.DependsOn ?? []).map((id) => service.Resources[id]?.Properties.RouteKey)
    expect(routes.sort()).toEqual([
      'GET /v1/authorize',
      'GET /v1/callback/{app_id}',
      'GET /v1/manage',
      'POST /v1/manage',
    ])
  })

  it('has no larger bursts than an account may have in a small region', () => {
    const burst = (region: string) => {
      const stack = new Stack(new App(), 'Any', { env: { region } })
      const made = new Api(stack, 'Api').node.findChild('Stage') as CfnStage
      return (made.defaultRouteSettings as CfnStage.RouteSettingsProperty).throttlingBurstLimit
    }
    expect([burst('eu-central-1'), burst('eu-central-2'), burst('af-south-1')]).toEqual([4_000, 1_250, 1_250])
  })

  it('logs nothing that could hold a secret: no query, path or header', () => {
    const format: Record<string, string> = JSON.parse(stage?.Properties.AccessLogSettings.Format)
    const harmless = [
      '$context.requestId',
      '$context.requestTime',
      '$context.routeKey',
      '$context.status',
      '$context.responseLatency',
      '$context.responseLength',
      '$context.identity.sourceIp',
      '$context.identity.userArn',
      '$context.error.message',
      '$context.error.responseType',
      '$context.integrationErrorMessage',
    ]
    expect(Object.values(format).filter((field) => !harmless.includes(field))).toEqual([])
  })

  it('logs where a refused call came from, who signed it and why API Gateway refused it', () => {
    expect(JSON.parse(stage?.Properties.AccessLogSettings.Format)).toMatchObject({
      sourceIp: '$context.identity.sourceIp',
      principal: '$context.identity.userArn',
      errorType: '$context.error.responseType',
    })
  })

  it('has its URL as an output of the stack', () => {
    expect(service.Outputs.ApiUrl?.Value).toEqual({
      'Fn::GetAtt': [expect.stringMatching(/^ApiHttp/), 'ApiEndpoint'],
    })
  })
})
