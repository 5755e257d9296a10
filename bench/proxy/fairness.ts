// One tenant's storm and another tenant's calls: how long a quiet tenant waits with and without somebody whose every call
// ClickFunnels answers 429, on many connections at once. In one process, which is worse than Lambda, where the two would
// not even share that; the storm comes at a rate that leaves the process CPU to spare, since this is about waiting.
import { setTimeout as sleep } from 'node:timers/promises'
import autocannon from 'autocannon'

const STORM_CONNECTIONS = 128
const STORM_PER_SECOND = 300
const QUIET_CALLERS = 4
const PAUSE_MILLISECONDS = 5

export interface Caller {
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
}

export interface Fairness {
  readonly alone: Waits
  readonly inTheStorm: Waits
  /** Of the stormy tenant, and how many of them were told to slow down. */
  readonly storm: { readonly answers: number; readonly slowedDown: number }
}

interface Waits {
  readonly calls: number
  readonly p50: number
  readonly p99: number
}

/** Interleaved: quiet, storm, quiet, storm, … */
export async function measureFairness(
  quiet: Caller,
  stormy: Caller,
  seconds: number,
  rounds: number,
): Promise<Fairness> {
  const alone: number[] = []
  const inTheStorm: number[] = []
  const storm = { answers: 0, slowedDown: 0 }
  for (let round = 0; round < rounds; round++) {
    alone.push(...(await waits(quiet, seconds)))
    const blowing = autocannon({
      url: stormy.url,
      method: 'POST',
      headers: { ...stormy.headers },
      connections: STORM_CONNECTIONS,
      overallRate: STORM_PER_SECOND,
      duration: seconds + 1,
    })
    await sleep(500)
    inTheStorm.push(...(await waits(quiet, seconds)))
    const blown = await blowing
    storm.answers += blown.requests.total
    storm.slowedDown += blown['4xx']
  }
  return { alone: summary(alone), inTheStorm: summary(inTheStorm), storm }
}

/** Milliseconds of every call in some seconds. */
async function waits({ url, headers }: Caller, seconds: number): Promise<number[]> {
  const until = performance.now() + seconds * 1000
  const measured: number[] = []
  const call = async () => {
    while (performance.now() < until) {
      const began = performance.now()
      const response = await fetch(url, { headers })
      await response.arrayBuffer()
      if (response.status !== 200) throw new Error(`The quiet tenant was answered ${response.status}`)
      measured.push(performance.now() - began)
      await sleep(PAUSE_MILLISECONDS)
    }
  }
  await Promise.all(Array.from({ length: QUIET_CALLERS }, call))
  return measured
}

function summary(measured: readonly number[]): Waits {
  const sorted = measured.toSorted((one, other) => one - other)
  const at = (part: number) => sorted[Math.floor(sorted.length * part)] ?? Number.NaN
  return { calls: sorted.length, p50: at(0.5), p99: at(0.99) }
}
