// Scenes in which somebody calls.
import { prefixOf } from '#adapters/dynamodb/schema.ts'
import { putItem, storedItems } from '../support/table.ts'
import { connected, failStore, fault, justNow, pause, type Scene, sessionOf, times } from './acts.ts'

export const CALL_SCENES: readonly Scene[] = [
  {
    title: 'everything is well: connections, calls, refreshes, schedules',
    rising: [],
    act: async (stage) => {
      const { tenant, ids, calls } = await connected(stage, 3)
      await times(4, async () => Promise.all(calls.map((call) => call())))
      await stage.api(`/v1/connections/${ids[0]}/refresh`, { method: 'POST', key: tenant.apiKey })
      await stage.api('/v1/connections', { key: tenant.apiKey })
      await stage.api('/v1/connections', { key: 'nonsense' })
      await justNow(stage)
      await stage.minute()
    },
  },
  {
    title: 'one tenant calls what does not exist, and one is limited',
    rising: [],
    act: async (stage) => {
      const { tenant, ids } = await connected(stage)
      await times(10, () => stage.api(`/v1/connections/${ids[0]}/proxy/nothing`, { key: tenant.apiKey }))
      await fault(stage, '/api/v2', { kind: 'status', status: 429, retry_after: 60 })
      await times(10, () => stage.api(`/v1/connections/${ids[0]}/funnels`, { key: tenant.apiKey }))
    },
  },
  {
    title: 'ClickFunnels answers calls with 500',
    rising: ['clickfunnels-down'],
    act: async (stage) => {
      const { calls } = await connected(stage)
      await fault(stage, '/api/v2', { kind: 'status', status: 500 })
      await times(6, () => calls[0]?.() ?? Promise.resolve())
    },
  },
  {
    title: 'DynamoDB fails while tenants call',
    rising: ['proxy-failing', 'proxy-failing-slowly'],
    act: async (stage) => {
      const { calls } = await connected(stage)
      failStore(stage, 'proxy')
      await times(4, () => calls[0]?.() ?? Promise.resolve())
    },
  },
  {
    title: 'each read of DynamoDB takes 150 ms',
    rising: ['calls-slow'],
    act: async (stage) => {
      // A connection that was used a moment ago needs no read.
      const { calls } = await connected(stage, 12)
      stage.store.failing = () => pause(150).then(() => false)
      for (const call of calls) await call()
    },
  },
  {
    title: 'DynamoDB fails while end users connect',
    rising: ['connecting-fails'],
    act: async (stage) => {
      const { tenant } = await connected(stage)
      failStore(stage, 'connect-sessions')
      await times(3, () => stage.api('/v1/connect-sessions', sessionOf(tenant)))
    },
  },
  {
    title: 'DynamoDB fails while tenants list their connections',
    rising: ['requests-failing'],
    act: async (stage) => {
      const { tenant } = await connected(stage)
      failStore(stage, 'connections')
      await times(5, () => stage.api('/v1/connections', { key: tenant.apiKey }))
    },
  },
  {
    title: 'ClickFunnels refuses all connections of an app',
    rising: ['connections-refused'],
    act: async (stage) => {
      const { calls } = await connected(stage, 7)
      await fault(stage, '/', { kind: 'refused' })
      for (const call of calls) await call()
    },
  },
  {
    title: "a connection's stored token is that of another one",
    rising: ['secrets-unreadable'],
    act: async (stage) => {
      const { ids, calls } = await connected(stage, 2)
      const [one, other] = ids.map((id) => id)
      const items = await storedItems(stage)
      const itemOf = (id?: string) => items.find(({ sk }) => sk?.S === `${prefixOf.connections}${id}`)
      const [first, second] = [itemOf(one), itemOf(other)]
      if (first === undefined || second?.credential === undefined)
        throw new Error('The connections are not stored')
      await putItem(stage, { ...first, credential: second.credential })
      stage.recycle('proxy')
      await calls[0]?.()
    },
  },
]
