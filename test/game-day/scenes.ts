// The scenes of the game day: what goes wrong, and which alarms have to rise. Everything else that rises is a false alarm.
import { prefixOf } from '#adapters/dynamodb/schema.ts'
import type { TestTenant } from '../support/stack.ts'
import { makeAllDue, putItem, storedItems } from '../support/table.ts'
import type { Stage } from './stage.ts'

export interface Scene {
  readonly title: string
  readonly rising: readonly string[]
  act(stage: Stage): Promise<void>
}

const times = async (count: number, act: (index: number) => Promise<unknown>) => {
  for (let index = 0; index < count; index++) await act(index)
}
const pause = (milliseconds: number) => new Promise<void>((resolve) => setTimeout(resolve, milliseconds))
const seconds = () => Math.floor(Date.now() / 1000)
const justNow = (stage: Stage) => makeAllDue(stage, seconds() - 30)

/** A tenant whose end users are connected. @returns a call for each of them */
async function connected(stage: Stage, count = 1, options: { readonly lifetime?: number } = {}) {
  const tenant = await stage.createTenant({ tokens: 'rotating', ...options })
  const ids: string[] = []
  await times(count, async (index) => {
    ids.push((await stage.connect(tenant, { endUser: `user-${index}` })).json.id)
  })
  const calls = ids.map((id) => () => stage.api(`/v1/connections/${id}/funnels`, { key: tenant.apiKey }))
  return { tenant, ids, calls }
}

const fault = (stage: Stage, path: string, kind: object) =>
  stage.control('POST', 'faults', { path, seconds: 300, fault: kind })

/** Fails what reaches the table from now on. New processes remember nothing, so all that they do needs it. */
function failStore(stage: Stage, ...functions: readonly string[]): void {
  stage.store.failing = () => true
  for (const name of functions) stage.recycle(name)
}

const sessionOf = ({ apiKey, returnUrl }: TestTenant) => ({
  method: 'POST',
  key: apiKey,
  body: { end_user: { id: 'one more' }, return_url: returnUrl },
})

export const SCENES: readonly Scene[] = [
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
    title: "ClickFunnels' token endpoint answers 503",
    rising: ['clickfunnels-down'],
    act: async (stage) => {
      await times(5, () => connected(stage))
      await fault(stage, '/oauth/token', { kind: 'status', status: 503 })
      await justNow(stage)
      await stage.minute()
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
    title: 'DynamoDB fails the reads of keep-alive',
    rising: ['keep-alive-failing'],
    act: async (stage) => {
      await connected(stage, 6)
      await justNow(stage)
      stage.store.failing = (operation) => operation === 'GetItem'
      await stage.minute()
    },
  },
  {
    title: 'keep-alive is twenty minutes behind, and tokens have expired meanwhile',
    rising: ['keep-alive-lagging', 'refreshes-late'],
    act: async (stage) => {
      await connected(stage, 5, { lifetime: 1 })
      await pause(1500)
      await makeAllDue(stage, seconds() - 1200)
      await stage.minute()
    },
  },
  {
    title: 'the table refuses the commit of new tokens, and the recovery queue holds them',
    rising: ['recovery-failing'],
    act: async (stage) => {
      const { tenant, calls } = await connected(stage)
      await stage.control('POST', 'tokens/expire', { client_id: tenant.clientId })
      stage.store.failing = (operation, body) => operation === 'UpdateItem' && body.includes('set_generation')
      await calls[0]?.()
      // The process tries for some seconds before it leaves the tokens to the queue alone.
      await pause(10_000)
    },
  },
  {
    title: "the vault's KMS key is disabled",
    rising: ['root-key-unusable'],
    act: async (stage) => {
      await connected(stage)
      await stage.disableRootKey()
      stage.recycle('keep-alive')
      await stage.minute()
    },
  },
  {
    title: "an app's secret is replaced at ClickFunnels",
    rising: ['apps-refused'],
    act: async (stage) => {
      const { tenant } = await connected(stage, 2)
      await stage.control('PATCH', `applications/${tenant.clientId}`, { client_secret: 'another one' })
      await justNow(stage)
      await stage.minute()
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
  {
    title: 'the table refuses audit events',
    rising: ['audit-events-unwritten'],
    act: async (stage) => {
      const { tenant } = await connected(stage)
      stage.store.failing = (operation, body) => operation === 'PutItem' && body.includes('"audit#')
      await stage.api(`/v1/tenants/${tenant.id}`, { method: 'PATCH', body: { name: 'Another name' } })
      await pause(10_000)
    },
  },
  {
    title: 'events cannot be published',
    rising: ['events-unpublished'],
    act: async (stage) => {
      stage.store.failing = (_, body) => body.includes('"events#')
      await connected(stage)
      // The sweep takes events that have waited for a minute.
      for (const item of await storedItems(stage)) {
        if (item.sk?.S?.startsWith(prefixOf.outbox)) await putItem(stage, { ...item, dueAt: { N: '1' } })
      }
      await times(6, () => stage.invoke('publish-events', {}).catch(() => undefined))
    },
  },
  {
    title: 'one shard of keep-alive does not run',
    rising: ['keep-alive-stopped'],
    act: async (stage) => {
      await times(3, (shard) => stage.invoke('keep-alive', { shard, of: 4 }))
    },
  },
]

/** Alarms whose condition one machine does not bring about, and where their patterns and rules are tested. */
export const NOT_HERE: Readonly<Record<string, string>> = {
  'api-unanswered': "API Gateway's access log (test/infra/metric-filters.test.ts reads a line of its format)",
  'functions-failing': "Lambda's own report lines (test/infra/metric-filters.test.ts)",
  'concurrency-high': "the account's concurrency",
  'table-throttled': "DynamoDB's throttling",
  'schedule-events-dropped': "Lambda's queue of asynchronous events",
  'schedules-stopped': 'three hours without a schedule',
  'recovery-delayed': 'five minutes without the function that takes the messages',
  'rotations-not-recovered': 'eight hours of failing recoveries',
  'tokens-unstored': 'DynamoDB and SQS both down (test/domain/tokens/held-rotations.test.ts)',
  'connections-ending': 'fifty connections, each refused twice within an hour',
  'revocations-given-up': 'days of failing revocations',
}
