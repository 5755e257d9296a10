import { describe, expect, it } from 'vitest'
import { data, readOutput, service } from './synthesized.ts'

/** The code's own hash changes with every line of a function: the snapshot is about everything around it. */
const withoutHashes = (template: unknown) =>
  JSON.parse(JSON.stringify(template).replaceAll(/"[0-9a-f]{64}\.zip"/g, '"code.zip"'))

describe('synthesis', () => {
  // An unsuppressed finding already fails the synthesis; this says that the findings were looked for and written down.
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
      ['DefaultConnections', ''],
      ['DefaultSessionsPerMinute', ''],
      ['DefaultRequestsPerSecond', ''],
      ['AuditRetentionDays', '365'],
      ['ClickFunnelsProfile', 'clickfunnels'],
      ['ClickFunnelsAccountsUrl', ''],
      ['ClickFunnelsApiUrl', ''],
      ['ClickFunnelsWorkspaceHosts', ''],
    ])
    expect(parameters.ClickFunnelsProfile?.AllowedValues).toEqual(['clickfunnels', 'seed', 'custom'])
  })
})

describe('templates', () => {
  it('FunnelConnectData', () => {
    expect(withoutHashes(data)).toMatchSnapshot()
  })

  it('FunnelConnectService', () => {
    expect(withoutHashes(service)).toMatchSnapshot()
  })
})
