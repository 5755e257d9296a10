// CloudFormation replaces a resource whose logical id changes. What a replacement would lose or break keeps its id; that of
// the data stack's resources is held by data-stack.test.ts.
import { expect, it } from 'vitest'
import { FUNCTION_NAMES } from '#runtime/env.ts'
import { functionResource, resourcesOf, service } from './synthesized.ts'

it('the API keeps its id: the id decides its URL, which is the redirect URI of every app', () => {
  expect(resourcesOf(service, 'AWS::ApiGatewayV2::Api').map(([id]) => id)).toEqual(['ApiHttp17514DA7'])
})

it('functions and their logs keep their ids: the name of a function follows its id, and a log is lost with its group', () => {
  const ids = FUNCTION_NAMES.map((name) => {
    const [id, { Properties }] = functionResource(name)
    return [name, id, Properties.LoggingConfig.LogGroup.Ref]
  })
  expect(ids).toEqual([
    ['connect-sessions', 'ConnectSessionsFunctionEF92D2CC', 'ConnectSessionsLog2C5EB132'],
    ['manage', 'ManageFunction91534D99', 'ManageLog45E5B714'],
    ['authorize', 'AuthorizeFunction6EA1BF62', 'AuthorizeLog15477A39'],
    ['callback', 'CallbackFunction5F66062D', 'CallbackLog12EBDA43'],
    ['connections', 'ConnectionsFunctionB4DDA883', 'ConnectionsLogE2C02BE8'],
    ['proxy', 'ProxyFunction6F85094A', 'ProxyLog279B500A'],
    ['keep-alive', 'KeepAliveFunction2E281164', 'KeepAliveLog09164011'],
    ['recover-rotations', 'RecoverRotationsFunctionA3A2442D', 'RecoverRotationsLogE65292E6'],
    ['rotate-keys', 'RotateKeysFunction12E47FDE', 'RotateKeysLog4B2C40E3'],
    ['credentials', 'CredentialsFunction4299D362', 'CredentialsLogDDC28DF5'],
    ['apps', 'AppsFunction57D96B71', 'AppsLog7F49CF93'],
    ['tenant-connections', 'TenantConnectionsFunctionFC88609C', 'TenantConnectionsLog9FF8FDAC'],
    ['tenants', 'TenantsFunction93855A35', 'TenantsLogCFA351D3'],
    ['audit-events', 'AuditEventsFunctionE8E22518', 'AuditEventsLogFC695720'],
    ['events', 'EventsFunctionD12C8C52', 'EventsLogF3A4B60A'],
    ['clickfunnels-events', 'ClickfunnelsEventsFunction6FB16B3E', 'ClickfunnelsEventsLogF2D36D01'],
    ['webhook-endpoints', 'WebhookEndpointsFunction2B6C8A42', 'WebhookEndpointsLogE76B2A57'],
    ['send-webhooks', 'SendWebhooksFunctionA8865935', 'SendWebhooksLogF61F56EC'],
    ['publish-events', 'PublishEventsFunction077F6489', 'PublishEventsLogF80685FB'],
    ['service', 'ServiceFunction243F2A49', 'ServiceLogD7D86640'],
  ])
})

it('the service stack holds no data: every type of resource in it can be made anew', () => {
  const types = new Set(Object.values(service.Resources).map(({ Type }) => Type))
  expect([...types].sort()).toEqual([
    'AWS::ApiGatewayV2::Api',
    'AWS::ApiGatewayV2::Integration',
    'AWS::ApiGatewayV2::Route',
    'AWS::ApiGatewayV2::Stage',
    'AWS::CloudWatch::Alarm',
    'AWS::CloudWatch::CompositeAlarm',
    'AWS::CloudWatch::Dashboard',
    'AWS::IAM::Policy',
    'AWS::IAM::Role',
    'AWS::Lambda::EventInvokeConfig',
    'AWS::Lambda::EventSourceMapping',
    'AWS::Lambda::Function',
    'AWS::Lambda::Permission',
    'AWS::Logs::LogGroup',
    'AWS::Logs::MetricFilter',
    'AWS::Logs::QueryDefinition',
    'AWS::SNS::Subscription',
    'AWS::SNS::Topic',
    'AWS::SNS::TopicPolicy',
    // It wakes the senders of webhooks. What is to be sent is in the table.
    'AWS::SQS::Queue',
    'AWS::SQS::QueuePolicy',
    'AWS::Scheduler::Schedule',
  ])
})
