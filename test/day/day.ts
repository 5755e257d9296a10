// A day of the service on the local stack: 288 periods of five minutes, each with its share of the day's traffic. Everything
// is really done and really logged; only the clock is stretched, so that what takes a second or a few counts as a period.
import { DynamoDBClient, ListTablesCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb'
import { DUE_INDEX, prefixOf } from '#adapters/dynamodb/schema.ts'
import { type AlarmState, alarmStates } from '../../infra/local/cloudwatch/alarms.ts'
import { Metrics, type Resources } from '../../infra/local/cloudwatch/metrics.ts'
import { fault, pause, sessionOf, times } from '../game-day/acts.ts'
import { openStage, PARAMETERS, STACK_NAME, type Stage } from '../game-day/stage.ts'
import type { TestTenant } from '../support/stack.ts'

export const PERIODS = 288
const PERIODS_OF_AN_HOUR = 12
/** A token of two hours is refreshed every 6,075 seconds on average. */
const PERIODS_OF_A_TOKEN = 20
/** The default of `keepAliveShards`. */
const SHARDS = 4
/** How many connections each tenant has. */
const TENANTS = [9, 5, 2]
/** A limit that 12 calls in every period go beyond, as long as a period takes a few seconds. */
const LOW_LIMIT = { requests_per_second: 2 }

export interface Incident {
  readonly title: string
  /** Hours of the day. */
  readonly from: number
  readonly until: number
  /** Alarms that may rise while it lasts, and in the hour after. */
  readonly rising: readonly string[]
  readonly begin?: (stage: Stage) => Promise<unknown>
  /** In each of its periods. */
  readonly act?: (day: Traffic) => Promise<unknown>
  readonly end?: (stage: Stage) => Promise<unknown>
}

interface Customer extends TestTenant {
  readonly connections: readonly string[]
}

export interface Traffic {
  readonly stage: Stage
  readonly customers: readonly Customer[]
}

export interface RecordedDay {
  readonly periods: readonly Metrics[]
  readonly proxyLines: readonly Readonly<Record<string, unknown>>[]
  readonly calls: number
  readonly connected: number
  /** The names of the alarms whose condition held, by period. Those that measure hours are in the last period of an hour. */
  readonly risen: readonly (readonly string[])[]
}

/** Calls in a period: few at night, most at two in the afternoon. */
export function callsIn(period: number): number {
  const hour = period / PERIODS_OF_AN_HOUR
  return Math.round(2 + 12 * Math.exp(-(((hour - 14) / 4.2) ** 2)))
}

export async function recordDay(
  templates: string,
  resources: Resources,
  incidents: readonly Incident[],
  onHour: (hour: number) => void,
): Promise<RecordedDay> {
  const proxyLines: Record<string, unknown>[] = []
  let current = new Metrics(resources)
  const stage = await openStage(templates, resources, {
    metrics: () => current,
    onLine: (name, line) => {
      if (name === 'proxy' && line.startsWith('{')) proxyLines.push(JSON.parse(line))
    },
  })
  try {
    const customers = await customersOf(stage)
    const traffic = { stage, customers }
    const due = await dueTimes(stage)
    // The processes of a service that has run for days are warm.
    await everyCall(traffic)
    await stage.minute()
    proxyLines.length = 0
    const periods: Metrics[] = []
    const risen: string[][] = []
    let calls = 0
    let connected = 0
    for (let period = 0; period < PERIODS; period++) {
      current = new Metrics(resources)
      periods.push(current)
      const hour = period / PERIODS_OF_AN_HOUR
      if (Number.isInteger(hour)) onHour(hour)
      const during = incidents.filter(({ from, until }) => hour >= from && hour < until)
      for (const one of during) if (hour - 1 / PERIODS_OF_AN_HOUR < one.from) await one.begin?.(stage)
      for (const { act } of during) await act?.(traffic)
      calls += await callsOf(traffic, period)
      if (callsIn(period) > 5 && period % 4 === 0) connected += await reconnect(traffic, period)
      // Two minutes of the five, so that one late log line is not taken for a schedule that stopped.
      await stage.minute()
      await due.bring(customers, period)
      await stage.minute()
      await linesOfRuns(current)
      const states = await stage.alarms()
      if ((period + 1) % PERIODS_OF_AN_HOUR === 0) states.push(...ofTheHour(resources, periods))
      risen.push([...new Set(states.filter((alarm) => alarm.risen).map(({ name }) => name))])
      for (const one of during) if (hour + 1 / PERIODS_OF_AN_HOUR >= one.until) await one.end?.(stage)
    }
    due.close()
    return { periods, proxyLines, calls, connected, risen }
  } finally {
    await stage.close()
  }
}

/** The alarms that measure an hour or more, on the last hour. */
function ofTheHour(resources: Resources, periods: readonly Metrics[]): AlarmState[] {
  const hour = new Metrics(resources)
  for (const period of periods.slice(-PERIODS_OF_AN_HOUR)) hour.add(period)
  const states = alarmStates(STACK_NAME, resources, hour, PARAMETERS)
  return states.filter(({ lasts }) => lasts.includes(' h'))
}

/** A log line may come after the answer. Waits for those of the period's runs, 5 s at most. */
async function linesOfRuns(metrics: Metrics): Promise<void> {
  const wanted = { namespace: STACK_NAME, name: 'KeepAliveRuns', dimension: 'shard' }
  for (let tries = 0; tries < 100 && metrics.dimensionValues(wanted).length < SHARDS; tries++) await pause(50)
}

async function customersOf(stage: Stage): Promise<Customer[]> {
  const customers: Customer[] = []
  for (const [number, count] of TENANTS.entries()) {
    const limits = number === TENANTS.length - 1 ? { limits: LOW_LIMIT } : {}
    const tenant = await stage.createTenant({ tokens: 'rotating', ...limits })
    const connections: string[] = []
    await times(count, async (user) => {
      connections.push((await stage.connect(tenant, { endUser: `user-${user}` })).json.id)
    })
    customers.push({ ...tenant, connections })
  }
  return customers
}

async function everyCall({ stage, customers }: Traffic): Promise<void> {
  for (const { apiKey, connections } of customers) {
    for (const id of connections) await stage.api(`/v1/connections/${id}/funnels`, { key: apiKey })
    await stage.api('/v1/connections', { key: apiKey })
  }
}

async function callsOf({ stage, customers }: Traffic, period: number): Promise<number> {
  const count = callsIn(period)
  const all = customers.flatMap(({ apiKey, connections }) => connections.map((id) => ({ apiKey, id })))
  for (let call = 0; call < count; call++) {
    const { apiKey, id } = all[(period * 7 + call * 3) % all.length] ?? { apiKey: '', id: '' }
    // One in twenty asks for what does not exist, as products do.
    const path = (period + call) % 20 === 0 ? 'proxy/contacts/0' : 'funnels'
    await stage.api(`/v1/connections/${id}/${path}`, { key: apiKey })
  }
  const { apiKey = '' } = customers[period % customers.length] ?? {}
  await stage.api('/v1/connections', { key: apiKey })
  return count
}

async function reconnect({ stage, customers }: Traffic, period: number): Promise<number> {
  const customer = customers[0] as Customer
  const user = period % customer.connections.length
  const connectionId = customer.connections[user] ?? ''
  await stage.connect(customer, { endUser: `user-${user}`, connectionId })
  // Some begin and do not come back.
  if (period % 3 === 0) await stage.api('/v1/connect-sessions', sessionOf(customer))
  return 1
}

/** Brings the refresh of each connection forward to where the stretched clock has it. */
async function dueTimes(stage: Stage) {
  const client = new DynamoDBClient({
    endpoint: stage.endpoints.dynamodb,
    region: 'local',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  })
  const { TableNames: [TableName] = [] } = await client.send(new ListTablesCommand({}))
  const makeDue = (tenant: string, connection: string) =>
    client.send(
      new UpdateItemCommand({
        TableName,
        Key: { pk: { S: `tenant#${tenant}` }, sk: { S: `${prefixOf.connections}${connection}` } },
        UpdateExpression: 'SET #due = :now',
        ExpressionAttributeNames: { '#due': DUE_INDEX.sortKey },
        ExpressionAttributeValues: { ':now': { N: String(Math.floor(Date.now() / 1000)) } },
      }),
    )
  return {
    bring: async (customers: readonly Customer[], period: number) => {
      const all = customers.flatMap(({ id, connections }) => connections.map((one) => [id, one] as const))
      for (const [number, [tenant, connection]] of all.entries()) {
        if ((period + number * 7) % PERIODS_OF_A_TOKEN === 0) await makeDue(tenant, connection)
      }
    },
    close: () => client.destroy(),
  }
}

/** What goes wrong in the pictured day. */
export const INCIDENTS: readonly Incident[] = [
  {
    title: 'a product calls what does not exist',
    from: 9,
    until: 9.75,
    rising: [],
    act: ({ stage, customers: [first] }) =>
      times(8, () =>
        stage.api(`/v1/connections/${first?.connections[0]}/proxy/nothing`, { key: first?.apiKey ?? '' }),
      ),
  },
  {
    title: 'ClickFunnels is down',
    from: 12.5,
    until: 13.5,
    rising: ['clickfunnels-down'],
    begin: async (stage) => {
      await fault(stage, '/api/v2', { kind: 'status', status: 500 })
      await fault(stage, '/oauth/token', { kind: 'status', status: 503 })
    },
    end: (stage) => stage.control('DELETE', 'faults'),
  },
  {
    title: 'a tenant calls beyond its limit',
    from: 16,
    until: 17,
    rising: [],
    act: ({ stage, customers }) => {
      const last = customers.at(-1)
      return times(12, () =>
        stage.api(`/v1/connections/${last?.connections[0]}/funnels`, { key: last?.apiKey ?? '' }),
      )
    },
  },
  {
    title: 'each call of DynamoDB takes 150 ms longer',
    from: 19,
    until: 19.5,
    rising: ['calls-slow'],
    begin: async (stage) => {
      stage.store.failing = () => pause(150).then(() => false)
    },
    end: async (stage) => {
      stage.store.failing = undefined
    },
  },
  {
    title: 'DynamoDB fails the calls of new processes',
    from: 21,
    until: 21.25,
    rising: ['proxy-failing', 'proxy-failing-slowly', 'requests-failing', 'keep-alive-failing'],
    begin: async (stage) => {
      stage.store.failing = (operation) => operation === 'GetItem'
    },
    act: async ({ stage }) => stage.recycle('proxy'),
    end: async (stage) => {
      stage.store.failing = undefined
    },
  },
]
