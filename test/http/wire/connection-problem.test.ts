// What a page is told of a connection that does not work.
import { expect, test } from 'vitest'
import type { Connection } from '#domain/connections/connection.ts'
import { connectionJson } from '#http/wire/connection.ts'
import { aConnection, NOW, newId } from '../../contracts/samples.ts'

const refused = { status: 'reauthorization_required', reason: 'grant_refused', refusedAt: NOW } as const
const broken = (reason: 'refresh_rejected' | 'disconnected_by_provider') =>
  ({ kind: 'broken', reason }) as const

const problemOf = (change: Partial<Connection>) =>
  connectionJson(aConnection(newId('tenant'), change)).problem

test('none while all is well', () => {
  expect(problemOf({})).toBeUndefined()
})

test.each<[string, Partial<Connection>, object]>([
  [
    'a first refusal, which may be a fault of ClickFunnels',
    { state: refused },
    { code: 'refresh_rejected', action: 'wait', since: expect.any(String) },
  ],
  [
    'a refusal that was confirmed',
    { state: { ...refused, endedAt: NOW }, alert: broken('refresh_rejected') },
    { code: 'refresh_rejected', action: 'reconnect', since: expect.any(String) },
  ],
  [
    'an app that was disconnected at ClickFunnels',
    { state: { ...refused, endedAt: NOW }, alert: broken('disconnected_by_provider') },
    { code: 'disconnected_by_provider', action: 'reconnect' },
  ],
  [
    'an end from before there were second looks',
    { state: { status: 'reauthorization_required', reason: 'answer_lost' } },
    { code: 'answer_lost', action: 'reconnect' },
  ],
  [
    'attempts that fail',
    { alert: { kind: 'at_risk', reason: 'attempts_failing' } },
    { code: 'attempts_failing', action: 'wait' },
  ],
  [
    'events that its token may not ask for',
    { alert: { kind: 'at_risk', reason: 'events_refused' } },
    { code: 'events_refused', action: 'reconnect' },
  ],
  [
    'a suspension, whatever else is wrong',
    { state: { ...refused, endedAt: NOW }, suspendedAt: NOW },
    { code: 'suspended', action: 'ask_operator' },
  ],
])('%s', (_, change, expected) => {
  expect(problemOf(change)).toMatchObject(expected)
})

test('only a problem that the end user can end tells it to connect again', () => {
  const wait = problemOf({ state: refused })
  const reconnect = problemOf({ state: { ...refused, endedAt: NOW } })
  expect([wait?.message, reconnect?.message]).toEqual([
    'ClickFunnels refused the access. It is tried again within minutes.',
    'ClickFunnels ended the access to this workspace. Connect again.',
  ])
})
