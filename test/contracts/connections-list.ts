// What every implementation of Connections has to do when it lists.
import { describe, expect, test } from 'vitest'
import type { Connection } from '#domain/connections/connection.ts'
import type { ConnectionFilter, Connections } from '#domain/connections/connection-store.ts'
import type { ConnectionId, EndUserId, TenantId } from '#domain/ids.ts'
import { aConnection, aRevocation, newId } from './samples.ts'
import type { OpenStores } from './stores.ts'

const idsOf = (items: readonly Connection[]) => items.map(({ id }) => id)
const user = (name: string) => ({ endUser: { id: name as EndUserId } })
const ended: Partial<Connection> = {
  state: { status: 'reauthorization_required', reason: 'grant_refused' },
}

/** All pages, each as its ids. */
async function pages(
  connections: Connections,
  tenant: TenantId,
  filter: ConnectionFilter,
  limit: number,
): Promise<ConnectionId[][]> {
  const all: ConnectionId[][] = []
  for (let after: ConnectionId | undefined; all.length < 50; ) {
    const page = await connections.list(tenant, filter, limit, after)
    all.push(idsOf(page.items))
    if (page.next === undefined) return all
    after = page.next
  }
  throw new Error('The pages do not end')
}

export function connectionsListContract(open: OpenStores): void {
  /** Stores connections, oldest first; gives them newest first. */
  async function stored(...changes: readonly Partial<Connection>[]) {
    const { connections } = open()
    const tenant = newId('tenant')
    const all = changes.map((change) => aConnection(tenant, change))
    for (const connection of all) await connections.create(connection)
    return { connections, tenant, newestFirst: all.toReversed() }
  }

  const many = (count: number, change: (i: number) => Partial<Connection> = () => ({})) =>
    Array.from({ length: count }, (_, i) => change(i))

  describe('a list', () => {
    test('holds whole connections, newest first, of one tenant', async () => {
      const { connections, tenant, newestFirst } = await stored(...many(3))
      await stored(...many(2))
      expect(await connections.list(tenant, {}, 20)).toEqual({ items: newestFirst })
      expect(await connections.list(newId('tenant'), {}, 20)).toEqual({ items: [] })
    })

    test.each([1, 2, 3, 4, 6, 7, 8])(
      'of seven in pages of %i gives each once, in order, and no empty page',
      async (limit) => {
        const { connections, tenant, newestFirst } = await stored(...many(7))
        const found = await pages(connections, tenant, {}, limit)
        expect(found.flat()).toEqual(idsOf(newestFirst))
        expect(found.map((page) => page.length)).toEqual([
          ...Array(Math.floor(7 / limit)).fill(limit),
          ...(7 % limit ? [7 % limit] : []),
        ])
      },
    )

    test.each<[string, ConnectionFilter]>([
      ['end user', { endUserId: 'bob' as EndUserId }],
      ['status', { status: 'reauthorization_required' }],
      ['end user and status', { endUserId: 'bob' as EndUserId, status: 'active' }],
    ])('filtered by %s gives what matches, page by page', async (_, filter) => {
      const { connections, tenant, newestFirst } = await stored(
        ...many(11, (i) => ({ ...user(i % 2 ? 'bob' : 'alice'), ...(i % 3 ? {} : ended) })),
      )
      const wanted = newestFirst.filter(
        ({ endUser, state }) =>
          (filter.endUserId === undefined || endUser.id === filter.endUserId) &&
          (filter.status === undefined || state.status === filter.status),
      )
      expect(wanted.length).toBeGreaterThan(2)
      for (const limit of [1, 2, 100]) {
        expect((await pages(connections, tenant, filter, limit)).flat()).toEqual(idsOf(wanted))
      }
    })

    test('filtered by app gives what matches', async () => {
      const appId = newId('app')
      const { connections, tenant, newestFirst } = await stored({}, { appId }, {}, { appId })
      expect((await connections.list(tenant, { appId }, 20)).items).toEqual(
        newestFirst.filter((connection) => connection.appId === appId),
      )
    })

    test('by status follows what changes', async () => {
      const { connections, tenant, newestFirst } = await stored({}, {})
      const [newest, oldest] = newestFirst as [Connection, Connection]
      const ref = { tenantId: tenant, connectionId: oldest.id }
      await connections.update(ref, { generation: 1 }, { ...ended, updatedAt: oldest.updatedAt } as never)
      expect(idsOf((await connections.list(tenant, { status: 'active' }, 9)).items)).toEqual([newest.id])
    })

    test('goes on after a connection that was removed in the meantime', async () => {
      const { connections, tenant, newestFirst } = await stored(...many(5, () => user('bob')))
      const [first, second, ...rest] = newestFirst as [Connection, Connection, ...Connection[]]
      await connections.remove(second, aRevocation(second), 'api_key')
      for (const filter of [{}, { endUserId: 'bob' as EndUserId }]) {
        expect(idsOf((await connections.list(tenant, filter, 9, second.id)).items)).toEqual(idsOf(rest))
        expect(idsOf((await connections.list(tenant, filter, 9)).items)).toEqual(idsOf([first, ...rest]))
      }
    })

    test('of an end user keeps names apart, whatever characters they contain', async () => {
      const names = ['a', 'a#b', 'a/b', 'A', 'ä', '%61', 'a ']
      const { connections, tenant } = await stored(...names.map(user))
      for (const name of names) {
        const { items } = await connections.list(tenant, { endUserId: name as EndUserId }, 9)
        expect(items.map(({ endUser }) => endUser.id)).toEqual([name])
      }
    })
  })
}
