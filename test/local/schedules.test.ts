// Schedules: at the template's rate, and on demand with each one's input.
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { Schedules } from '../../infra/local/schedules.ts'

const shard = (number: number, everyMinutes = 1) => ({
  logicalId: `Shard${number}`,
  everyMinutes,
  function: 'KeepAlive',
  input: { shard: number },
})
const invocations: (readonly [string, { shard: number }])[] = []
const invoke = async (logicalId: string, event: unknown) => {
  const input = event as { shard: number }
  invocations.push([logicalId, input])
  if (input.shard === 1) throw new Error('failed')
  return { refreshed: 2 }
}

beforeEach(() => vi.useFakeTimers())
afterEach(() => {
  vi.useRealTimers()
  invocations.length = 0
})

test("on demand every schedule runs once and returns its function's result", async () => {
  const runs = await new Schedules([shard(0), shard(1)], invoke).runAll()
  expect(runs).toEqual([
    { schedule: 'Shard0', function: 'KeepAlive', input: { shard: 0 }, result: { refreshed: 2 } },
    { schedule: 'Shard1', function: 'KeepAlive', input: { shard: 1 }, error: new Error('failed') },
  ])
})

test('each runs at its own rate, failures included, until it is stopped', async () => {
  const schedules = new Schedules([shard(0), shard(1), shard(2, 3)], invoke)
  schedules.start()
  await vi.advanceTimersByTimeAsync(3 * 60_000)
  schedules.stop()
  await vi.advanceTimersByTimeAsync(10 * 60_000)
  const count = (number: number) => invocations.filter(([, input]) => input.shard === number).length
  expect([count(0), count(1), count(2)]).toEqual([3, 3, 1])
})
