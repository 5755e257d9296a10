// The manage page: what it says of each connection, in each language, and what it lets through.
import { describe, expect, test } from 'vitest'
import type { Connection } from '#domain/connections/connection.ts'
import { ServiceError } from '#domain/errors.ts'
import { RISK_REASONS } from '#domain/events/event-types.ts'
import type { OpenVisit } from '#domain/manage/manage-visit.ts'
import { Secret } from '#domain/secret.ts'
import {
  connectionsPage,
  manageFaultPage,
  manageRefusalPage,
  questionPage,
} from '#http/pages/manage/manage-pages.ts'
import { manageTextsFor } from '#http/pages/manage/texts.ts'
import { aManageLink } from '../../contracts/manage-links.ts'
import { aConnection, newId } from '../../contracts/samples.ts'

const reader = (language = 'en') => ({
  headers: { 'accept-language': language },
  operatorName: 'Funnel Connect',
})
const READER = reader()
const product = { name: 'Saas', returnTo: 'https://saas.example/settings' }
const visit = (name = 'Ada'): OpenVisit => ({
  outcome: 'open',
  link: aManageLink({ endUser: { id: 'user-1' as never, displayName: name } }),
  tenant: {} as never,
  product,
  formToken: new Secret('the-token'),
})
const one = (more: Partial<Connection> = {}) => ({ ...aConnection(newId('tenant')), ...more })
const show = (
  items: readonly Connection[],
  more: { language?: string; isFirst?: boolean; next?: string } = {},
) =>
  String(
    connectionsPage(reader(more.language), visit(), {
      items,
      isFirst: more.isFirst ?? true,
      ...(more.next && { next: more.next as never }),
    }).body,
  )
const LANGUAGES = ['en', 'de', 'es', 'fr', 'pt']

describe.each(LANGUAGES)('in %s', (language) => {
  const { manage } = manageTextsFor(language)

  test('every text is there, and those with a name hold it', () => {
    const groups = [
      manage,
      manage.chip,
      manage.why,
      manage.notes,
      manage.ask,
      ...Object.values(manage.refusals),
    ]
    for (const text of groups.flatMap((group) => Object.values(group))) {
      if (typeof text === 'function') expect(text('Saas')).toContain('Saas')
      if (typeof text === 'string') expect(text.length).toBeGreaterThan(3)
    }
    const titles = Object.values(manage.refusals).map(({ title }) => title)
    expect(new Set(titles).size).toBe(titles.length)
  })

  test('a connection shows its state, why, and since when', () => {
    const html = show([one({ alert: { kind: 'at_risk', reason: 'attempts_failing' } })], { language })
    expect(html).toContain(manage.chip.wait)
    expect(html).toContain(manage.why.attempts_failing)
    expect(html).toContain('2026')
    expect(html).toContain(`lang="${manageTextsFor(language).language}"`)
  })
})

test.each(RISK_REASONS)(
  'a connection that is broken by %s says what to do, and can be reconnected',
  (reason) => {
    const state = { status: 'reauthorization_required', reason: 'grant_refused', endedAt: 1 } as never
    const html = show([one({ state, alert: { kind: 'broken', reason } })])
    expect(html).toContain(manageTextsFor('en').manage.why[reason])
    expect(html).toContain('value="reconnect"')
  },
)

test('a connection that works or was stopped has no button to reconnect; one that may be dead has', () => {
  const waiting = { status: 'reauthorization_required', reason: 'grant_refused', refusedAt: 1 } as never
  for (const more of [{}, { suspendedAt: 1 as never }])
    expect(show([one(more)])).not.toContain('value="reconnect"')
  const html = show([one({ state: waiting })])
  expect(html).toContain('We are trying again within minutes.')
  expect(html).toContain('value="reconnect"')
})

test('a connection whose events are refused is connected, and can be connected again', () => {
  const html = show([one({ alert: { kind: 'at_risk', reason: 'events_refused' } })])
  expect(html).toContain('<span class="chip ok">Connected</span>')
  expect(html).toContain('value="reconnect"')
})

test('a fault leads back to the list, with the time to wait', () => {
  const error = new ServiceError('storage_unavailable', 'x', { retryAfterSeconds: 2 })
  const answer = manageFaultPage(READER, error)
  expect(answer).toMatchObject({ status: 503, headers: { 'retry-after': '2' } })
  expect(answer.body).toContain('href="/v1/manage"')
  expect(manageFaultPage(READER, new Error('secret words')).body).not.toContain('secret words')
})

test('the pages of a long list lead on and back', () => {
  const last = newId('connection')
  expect(show([one()], { next: last })).toContain(`href="/v1/manage?after=${last}"`)
  expect(show([one()], { isFirst: false })).toContain('href="/v1/manage"')
  // The last page may have become empty meanwhile. That is not "none connected".
  expect(show([], { isFirst: false })).not.toContain('No ClickFunnels workspace is connected.')
})

test('a return URL that is not registered any more leaves no "Done"', () => {
  const { returnTo: _, ...alone } = product
  const answer = connectionsPage(READER, { ...visit(), product: alone }, { items: [], isFirst: true })
  expect(answer.body).not.toContain('value="leave"')
  expect(answer.headers['content-security-policy']).toContain("form-action 'self';")
})

test.each(['"><script>alert(1)</script>', "' onclick='x", '<img src=x onerror=alert(1)>', '&lt;b&gt;'])(
  'names stay text: %j',
  (name) => {
    const named = one({ workspace: { name }, label: name })
    const pages = [
      connectionsPage(READER, visit(name), { items: [named], isFirst: true }),
      questionPage(READER, visit(name), named),
      manageRefusalPage(READER, 'used', { ...product, name }),
    ]
    for (const { body } of pages) expect(String(body)).not.toContain(name)
  },
)

test('a refusal leads to the product, or to the list where that is open', () => {
  expect(manageRefusalPage(READER, 'expired', product).body).toContain(`href="${product.returnTo}"`)
  for (const refusal of ['stale', 'limit'] as const)
    expect(manageRefusalPage(READER, refusal, product).body).toContain('href="/v1/manage"')
  expect(manageRefusalPage(READER, 'unknown').body).not.toContain('<a ')
})
