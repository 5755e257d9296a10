import { describe, expect, it } from 'vitest'
import { data, readOutput, service } from './synthesized.ts'

describe('synthesis', () => {
  // A finding without a reason fails the synthesis. This test shows that cdk-nag ran and wrote its report.
  it('has no finding of cdk-nag without a reason', () => {
    const report = JSON.parse(readOutput('validation-report.json'))
    expect(
      report.pluginReports.filter(({ conclusion }: { conclusion: string }) => conclusion !== 'success'),
    ).toEqual([])
  })

  it('does not depend on the machine: the templates contain no paths', () => {
    for (const template of [data, service]) {
      for (const [id, { Metadata }] of Object.entries(template.Resources))
        expect(Metadata, id).toBeUndefined()
    }
  })

  it('needs no parameter: each has a default', () => {
    const { BootstrapVersion: _, ...parameters } = service.Parameters
    expect(Object.entries(parameters).map(([name, { Default }]) => [name, Default])).toEqual([
      ['DefaultConnections', '100000'],
      ['DefaultSessionsPerMinute', '300'],
      ['DefaultRequestsPerSecond', '2500'],
      ['DefaultConcurrentRequests', '300'],
      ['AuditRetentionDays', '365'],
      ['EventRetentionDays', '90'],
      ['OperatorName', 'Funnel Connect'],
      ['LazyRefresh', 'off'],
      ['SealedExport', 'off'],
      ['ClickFunnelsProfile', 'clickfunnels'],
      ['ClickFunnelsAccountsUrl', ''],
      ['ClickFunnelsApiUrl', ''],
      ['ClickFunnelsWorkspaceHosts', ''],
      ['ProxyReservedConcurrency', ''],
      ['Tracing', 'off'],
      ['AlarmEmail', ''],
      ['RunbookUrl', 'docs/runbook.md'],
      ['PageTopicArn', 'own'],
      ['TicketTopicArn', 'own'],
      ['ConcurrencyAlarm', 700],
    ])
    for (const limit of [
      'DefaultConnections',
      'DefaultSessionsPerMinute',
      'DefaultRequestsPerSecond',
      'DefaultConcurrentRequests',
    ]) {
      expect(parameters[limit]?.AllowedPattern, limit).toBe('^([1-9][0-9]{0,8})?$')
    }
    const matches = (name: string, text: string) =>
      new RegExp(parameters[name]?.AllowedPattern ?? '').test(text)
    expect(matches('PageTopicArn', 'arn:aws:sns:eu-central-1:111122223333:pager')).toBe(true)
    expect(matches('PageTopicArn', 'pager')).toBe(false)
    expect(matches('RunbookUrl', 'https://wiki.example.com/runbook')).toBe(true)
    expect(matches('RunbookUrl', 'http://wiki.example.com/#x')).toBe(false)
    expect(matches('AlarmEmail', 'on-call@example.com')).toBe(true)
    expect(matches('AlarmEmail', 'on-call')).toBe(false)
    for (const name of ['Funnel Connect', 'Müller & Söhne', 'n'.repeat(60)])
      expect(matches('OperatorName', name), name).toBe(true)
    for (const name of ['', 'a\nb', 'a\u0000', 'a\u0085', 'n'.repeat(61)])
      expect(matches('OperatorName', name), name).toBe(false)
    for (const days of ['AuditRetentionDays', 'EventRetentionDays']) {
      expect(parameters[days]?.AllowedPattern, days).toBe('^[1-9][0-9]{0,3}$')
    }
    expect(parameters.ClickFunnelsProfile?.AllowedValues).toEqual(['clickfunnels', 'seed', 'custom'])
  })

  it('refuses plain http to another machine at deployment, as the functions do when they start', () => {
    const accepts = (parameter: string, url: string) =>
      new RegExp(service.Parameters[parameter]?.AllowedPattern ?? '^never$').test(url)
    const both = ['ClickFunnelsAccountsUrl', 'ClickFunnelsApiUrl'] as const
    const good = [
      '',
      'https://accounts.example',
      'https://a.example:8443/x',
      'http://127.0.0.1:4601',
      'http://localhost',
    ]
    const bad = [
      'http://accounts.example',
      'http://127.0.0.1.evil.example',
      'http://localhost.evil.example',
      'http://127.0.0.1@evil.example',
      'https://user@accounts.example',
      'https://',
      'accounts.example',
      'ftp://accounts.example',
      ' ',
    ]
    for (const parameter of both) {
      for (const url of good)
        expect([parameter, url, accepts(parameter, url)]).toEqual([parameter, url, true])
      for (const url of bad)
        expect([parameter, url, accepts(parameter, url)]).toEqual([parameter, url, false])
    }
    expect(accepts('ClickFunnelsApiUrl', 'https://{subdomain}.example/api/v2')).toBe(true)
    expect(accepts('ClickFunnelsApiUrl', 'http://{subdomain}.example')).toBe(false)
    expect(accepts('ClickFunnelsAccountsUrl', 'https://{subdomain}.example')).toBe(false)
  })

  it('refuses workspace hosts that are URLs', () => {
    const pattern = new RegExp(service.Parameters.ClickFunnelsWorkspaceHosts?.AllowedPattern ?? '^never$')
    for (const hosts of ['', 'a.example', '*.a.example,b.example:8443', 'a.example, b.example,']) {
      expect(pattern.test(hosts), hosts).toBe(true)
    }
    for (const hosts of ['https://a.example', 'a.example/path', 'a.example;b.example', '*', 'a.*.example']) {
      expect(pattern.test(hosts), hosts).toBe(false)
    }
  })

  it('refuses "custom" without an accounts URL at deployment', () => {
    expect(service.Rules.CustomProfileHasAccountsUrl).toEqual({
      RuleCondition: { 'Fn::Equals': [{ Ref: 'ClickFunnelsProfile' }, 'custom'] },
      Assertions: [
        {
          Assert: { 'Fn::Not': [{ 'Fn::Equals': [{ Ref: 'ClickFunnelsAccountsUrl' }, ''] }] },
          AssertDescription: expect.stringContaining('ClickFunnelsAccountsUrl'),
        },
      ],
    })
  })
})
