// Starts the service on what commit 5f035bd stored: the items of the table, its KMS keys, and the simulator's tokens, as
// they were recorded from the local stack of that commit. Times are moved to now, and hosts to those of this run.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { AttributeValue } from '@aws-sdk/client-dynamodb'
import { inject } from 'vitest'
import { issuerKey } from '#adapters/dynamodb/schema.ts'
import { startClickFunnels } from '../../infra/local/clickfunnels/simulator.ts'
import type { Denial } from '../../infra/local/iam/guard.ts'
import { writePrivateJson } from '../../infra/local/private-file.ts'
import { templateParameters } from '../../infra/local/settings.ts'
import { startStack } from '../../infra/local/stack.ts'
import { scratchFolder } from '../support/scratch.ts'
import { type TestTenant, testClient } from '../support/stack.ts'
import { freePorts } from '../support/started.ts'
import { putItem } from '../support/table.ts'
import { AUDIENCE, startTokenIssuer } from '../support/token-issuer.ts'

/** How far each session had come. */
export interface RecordedSession {
  readonly id: string
  readonly connect_url: string
  readonly completion: 'verified' | 'confirmed'
  /** Where the browser was sent, and the cookie that it got. */
  readonly authorize_url?: string
  readonly cookie?: string
  /** Where the browser was sent after the callback. */
  readonly location?: string
}

interface Recorded {
  readonly recorded_at: number
  readonly service: string
  readonly provider: string
  readonly workspace_hosts: readonly string[]
  readonly issuer: string
  readonly tenant: TestTenant
  readonly connections: Readonly<Record<'byKey' | 'byJwt' | 'expired' | 'refused', string>>
  readonly sessions: Readonly<Record<string, RecordedSession>>
  readonly kms_keys: unknown
  readonly provider_journal: readonly unknown[]
  readonly items: readonly Record<string, AttributeValue>[]
}

const FILE = new URL('../fixtures/stored-2026-11.json', import.meta.url)

export async function startOnRecorded() {
  const folder = scratchFolder()
  const dataDir = join(folder, 'data')
  const port = await freePorts()
  const issuer = await startTokenIssuer()
  const text = readFileSync(FILE, 'utf8')
  const before = JSON.parse(text) as Recorded
  const delta = Math.floor(Date.now() / 1000) - before.recorded_at
  const service = [before.service, `http://127.0.0.1:${port}`] as const

  const stateFile = join(folder, 'provider.jsonl')
  const lines = before.provider_journal.map((line) => JSON.stringify(aged(line, delta * 1000, 1e12)))
  writeFileSync(stateFile, moved(`${lines.join('\n')}\n`, [service]))
  const simulator = await startClickFunnels({ port: 0, stateFile })
  const recorded = JSON.parse(
    moved(text, [
      service,
      [before.provider, simulator.url],
      [before.issuer, issuer.issuer],
      ...before.workspace_hosts.map((host, place) => [host, simulator.workspaceHosts[place] ?? ''] as const),
    ]),
  ) as Recorded

  mkdirSync(dataDir, { recursive: true })
  writePrivateJson(join(dataDir, 'kms-keys.json'), recorded.kms_keys)
  const denials: Denial[] = []
  const templates = inject('templates')
  const stack = await startStack({
    port,
    dataDir,
    ...(templates !== undefined && { templates }),
    parameters: templateParameters(
      { profile: 'custom', accountsUrl: '', apiUrl: '', workspaceHosts: '' },
      simulator,
    ),
    onDenial: (denial) => denials.push(denial),
  })
  for (const item of recorded.items) await putItem(stack, restored(item, delta, issuer.issuer))
  return {
    ...recorded,
    ...testClient(stack.url, simulator.url),
    stack,
    issuer,
    denials,
    close: async () => {
      await stack.close()
      await simulator.close()
      await issuer.close()
    },
  }
}

/** A text with each of these addresses in the place of another, also percent-encoded. */
function moved(text: string, addresses: readonly (readonly [from: string, to: string])[]): string {
  return addresses.reduce(
    (result, [from, to]) =>
      result.replaceAll(from, to).replaceAll(encodeURIComponent(from), encodeURIComponent(to)),
    text,
  )
}

/** An item in DynamoDB's own form. Its issuer has another address now, and so another key. */
function restored(item: Recorded['items'][number], delta: number, issuer: string): Recorded['items'][number] {
  const now = aged(item, delta, 1e9) as Record<string, AttributeValue>
  return now.pk?.S?.startsWith('issuer#') ? { ...now, pk: { S: issuerKey(issuer, AUDIENCE).pk } } : now
}

/** Adds to every number that is a moment (at least `least`), and reads bytes. */
function aged(value: unknown, delta: number, least: number): unknown {
  if (Array.isArray(value)) return value.map((one) => aged(one, delta, least))
  if (typeof value === 'number') return value >= least ? value + delta : value
  if (typeof value !== 'object' || value === null) return value
  const { $bytes, N } = value as { $bytes?: string; N?: string }
  if ($bytes !== undefined) return Uint8Array.from(Buffer.from($bytes, 'base64'))
  if (N !== undefined) return { N: String(Number(N) >= least ? Number(N) + delta : N) }
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, aged(one, delta, least)]))
}
