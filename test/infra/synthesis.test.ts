import { describe, expect, it } from 'vitest'
import { data, readOutput, service } from './synthesized.ts'

describe('synthesis', () => {
  // A finding without a reason fails the synthesis. This test shows that cdk-nag ran and wrote its report.
  it('has no finding of cdk-nag that is not answered by a reason', () => {
    const report = JSON.parse(readOutput('validation-report.json'))
    expect(
      report.pluginReports.filter(({ conclusion }: { conclusion: string }) => conclusion !== 'success'),
    ).toEqual([])
  })

  it('depends on no machine: the templates hold no paths', () => {
    for (const template of [data, service]) {
      for (const [id, { Metadata }] of Object.entries(template.Resources))
        expect(Metadata, id).toBeUndefined()
    }
  })

  it('asks for nothing: every parameter has a default', () => {
    const { BootstrapVersion: _, ...parameters } = service.Parameters
    expect(Object.entries(parameters).map(([name, { Default }]) => [name, Default])).toEqual([
      ['DefaultConnections', '100000'],
      ['DefaultSessionsPerMinute', '300'],
      ['DefaultRequestsPerSecond', '2500'],
      ['AuditRetentionDays', '365'],
      ['ClickFunnelsProfile', 'clickfunnels'],
      ['ClickFunnelsAccountsUrl', ''],
      ['ClickFunnelsApiUrl', ''],
      ['ClickFunnelsWorkspaceHosts', ''],
    ])
    for (const limit of ['DefaultConnections', 'DefaultSessionsPerMinute', 'DefaultRequestsPerSecond']) {
      expect(parameters[limit]?.AllowedPattern, limit).toBe('^([1-9][0-9]{0,8})?$')
    }
    expect(parameters.AuditRetentionDays?.AllowedPattern).toBe('^[1-9][0-9]{0,3}$')
    expect(parameters.ClickFunnelsProfile?.AllowedValues).toEqual(['clickfunnels', 'seed', 'custom'])
  })
})
