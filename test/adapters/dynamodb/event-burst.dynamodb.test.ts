// A burst of ClickFunnels' events about one connection. Each depends on the number of the one before, so they are stored one by one.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { aConnection, newId } from '../../contracts/samples.ts'
import { type Backend, openBackend } from '../backend.ts'

const COUNT = 100

let backend: Backend
beforeAll(async () => {
  backend = await openBackend()
})
afterAll(() => backend?.close())

test(`${COUNT} events of one connection that arrive at once are all stored, and none is answered 503`, async () => {
  const { connections, feeds } = backend.stores
  const connection = aConnection(newId('tenant'))
  await connections.create(connection)
  const ref = { tenantId: connection.tenantId, owner: connection.id }
  const event = { eventType: 'contact.identified', body: '{}' }
  const receipts = await Promise.allSettled(
    Array.from({ length: COUNT }, (_, count) => feeds.receive(ref, { ...event, eventId: `event-${count}` })),
  )
  const ended = receipts.map((receipt) =>
    receipt.status === 'fulfilled' ? receipt.value : receipt.reason.code,
  )
  expect(ended).toEqual(Array.from({ length: COUNT }, () => 'stored'))
}, 60_000)
