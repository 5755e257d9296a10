// The event log for back ends: page by page, each event once, to its end or on and on.
import { expect, test } from 'vitest'
import { type Event, EventReader } from '../../client/src/server.ts'
import { type Asked, startService } from './service.ts'

const eventAt = (position: number) => ({ id: `evt_${position}` })

/** A log in pages of two, of which the third is empty because a filter left its events out. */
function log(length: () => number) {
  return ({ path }: Asked) => {
    const after = Number(new URL(path, 'http://x').searchParams.get('after') ?? 0)
    const next = Math.min(after + 2, length())
    const all = Array.from({ length: next - after }, (_, place) => eventAt(after + place + 1))
    return { json: { data: after === 4 ? [] : all, next_cursor: String(next) } }
  }
}

test('pages come until the cursor stands still, also past an empty one', async () => {
  const service = await startService(log(() => 8))
  const events = new EventReader({ url: service.url, apiKey: 'fc_key' })
  const seen: string[] = []
  let cursor = ''
  for await (const page of events.pages({ types: ['connection.broken', 'connection.recovered'] })) {
    seen.push(...page.data.map(({ id }: Event) => id))
    cursor = page.next_cursor
  }
  expect(seen).toEqual(['evt_1', 'evt_2', 'evt_3', 'evt_4', 'evt_7', 'evt_8'])
  expect(cursor).toBe('8')
  expect(service.asked[0]?.path).toBe('/v1/events?limit=100&types=connection.broken%2Cconnection.recovered')
  expect(service.asked.at(-1)?.path).toContain('after=8')
})

test('an empty log ends at once', async () => {
  const service = await startService(log(() => 0))
  const events = new EventReader({ url: service.url, apiKey: 'fc_key' })
  for await (const page of events.pages()) expect(page).toBeUndefined()
  expect(service.asked).toHaveLength(1)
})

test('a follower waits for new events, goes on where it stopped, and ends when it is told to', async () => {
  let length = 1
  const service = await startService(log(() => length))
  const stop = new AbortController()
  const events = new EventReader({ url: service.url, apiKey: 'fc_key' })
  const seen: string[] = []
  const pages = events.pages({ follow: true, pollSeconds: 0.01, signal: stop.signal })
  for await (const { data } of pages) {
    seen.push(...data.map(({ id }) => id))
    if (length === 3) stop.abort()
    length = 3
  }
  expect(seen).toEqual(['evt_1', 'evt_2', 'evt_3'])
})
