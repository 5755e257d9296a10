// Scenes in which schedules and queues work, or do not.
import { prefixOf } from '#adapters/dynamodb/schema.ts'
import { makeAllDue, putItem, storedItems } from '../support/table.ts'
import { connected, fault, justNow, pause, type Scene, seconds, times } from './acts.ts'

export const BACKGROUND_SCENES: readonly Scene[] = [
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
  {
    title: 'DynamoDB and SQS refuse new tokens for as long as the process has',
    rising: ['tokens-unstored'],
    act: async (stage) => {
      const { tenant, calls } = await connected(stage)
      await stage.control('POST', 'tokens/expire', { client_id: tenant.clientId })
      stage.store.failing = (operation, body) => operation === 'UpdateItem' && body.includes('set_generation')
      stage.queues.failing = (operation) => operation.startsWith('SendMessage')
      await calls[0]?.()
      await pause(30_000)
    },
  },
  {
    title: 'DynamoDB fails the senders of webhooks',
    rising: ['webhooks-unsent'],
    act: async (stage) => {
      const { tenant } = await connected(stage)
      const body = JSON.stringify({ tenant: tenant.id, endpoint: 'we_1', deliveries: ['whd_1'], vain: 0 })
      stage.store.failing = () => true
      await times(5, () => stage.invoke('send-webhooks', { Records: [{ messageId: '1', body }] }))
    },
  },
]
