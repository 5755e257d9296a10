// The world in memory answers as the embedded DynamoDB does, request by request. DIFFERENTIAL_REQUESTS and DIFFERENTIAL_SEED
// make a longer or another run.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { OUR_AWS, TABLE } from '../our-aws.ts'
import { Random } from '../random.ts'
import { World } from '../world.ts'
import { comparable } from './comparable.ts'
import { type Emulator, startEmulator } from './emulator.ts'
import { isCarriedOutByEmulator, isRefusedLaterByEmulator } from './known-differences.ts'
import { Requests } from './requests.ts'

const REQUESTS = Number(process.env.DIFFERENTIAL_REQUESTS ?? 600)
const SEED = Number(process.env.DIFFERENTIAL_SEED ?? 1)
const PREFIX = 'DynamoDB_20120810.'
const MILLISECONDS_PER_REQUEST = 50

let emulator: Emulator
beforeAll(async () => {
  emulator = await startEmulator(TABLE)
})
afterAll(() => emulator.close())

test(
  'random requests get the same answers',
  async () => {
    const world = new World(OUR_AWS, SEED)
    const requests = new Requests(new Random(SEED), TABLE.name)
    const compared = new Map<number, number>()
    for (let number = 0; number < REQUESTS; number++) {
      const request = requests.next()
      const target = `${PREFIX}${request.operation}`
      const ours = world.call(target, request.input, Date.now())
      if (isCarriedOutByEmulator(request, ours)) continue
      const theirs = await emulator.call(target, request.input)
      const where = `request ${number} of seed ${SEED}: ${JSON.stringify(request).slice(0, 2000)}`
      if (isRefusedLaterByEmulator(ours)) {
        expect(theirs.status, where).toBe(400)
        continue
      }
      expect(comparable(ours), where).toEqual(comparable(theirs))
      compared.set(ours.status, (compared.get(ours.status) ?? 0) + 1)
    }
    // Most requests must be compared, or the run says nothing.
    expect(compared.get(200)).toBeGreaterThan(REQUESTS * 0.3)
    expect(compared.get(400)).toBeGreaterThan(REQUESTS * 0.1)
  },
  10_000 + REQUESTS * MILLISECONDS_PER_REQUEST,
)

test("the emulator lets a transaction change an item's own key, and AWS refuses it", async () => {
  const update = {
    TableName: TABLE.name,
    Key: { pk: { S: 'lax' }, sk: { S: '1' } },
    UpdateExpression: 'SET sk = :sk',
    ExpressionAttributeValues: { ':sk': { S: '2' } },
  }
  const target = `${PREFIX}TransactWriteItems`
  const TransactItems = [{ Update: update }]
  expect(new World(OUR_AWS, SEED).call(target, { TransactItems }, Date.now()).status).toBe(400)
  expect((await emulator.call(target, { TransactItems })).status).toBe(200)
})
