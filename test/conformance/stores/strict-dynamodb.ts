// A proxy in front of a DynamoDB that is not AWS'. The simulated DynamoDB of this project knows what the real one refuses, so it
// sees each call first: a call that it finds invalid goes no further. All others go on, and the two have to agree how they end.
import { buffer } from 'node:stream/consumers'
import { listenOnLoopback } from '../../../infra/local/loopback-server.ts'
import { OUR_AWS } from '../../simulation/world/our-aws.ts'
import { World } from '../../simulation/world/world.ts'

/** What the simulated DynamoDB knows. Others, such as CreateTable and Scan, come from the tests. */
const KNOWN = new Set([
  'GetItem',
  'BatchGetItem',
  'Query',
  'PutItem',
  'UpdateItem',
  'DeleteItem',
  'TransactWriteItems',
])

export interface StrictDynamoDb {
  readonly url: string
  readonly counts: Readonly<Record<string, number>>
  /** Calls that ended in another way at the simulated DynamoDB. */
  readonly differences: readonly string[]
  close(): Promise<void>
}

interface Answer {
  readonly status: number
  readonly text: string
}

const GIVEN_UP: Answer = { status: 500, text: '{}' }

/** @param behind the URL of the other DynamoDB, which may serve one request at a time */
export async function startStrictDynamoDb(behind: string): Promise<StrictDynamoDb> {
  let world = new World(OUR_AWS, 1)
  const counts: Record<string, number> = {}
  const differences: string[] = []

  const answerTo = async (target: string, body: string, headers: Record<string, string>): Promise<Answer> => {
    const operation = target.split('.').at(-1) ?? ''
    counts[operation] = (counts[operation] ?? 0) + 1
    if (operation === 'CreateTable') world = new World(OUR_AWS, 1)
    const expected = KNOWN.has(operation) ? world.call(target, JSON.parse(body), Date.now()) : undefined
    if (expected && /#ValidationException/.test(JSON.stringify(expected.body))) {
      return { status: expected.status, text: JSON.stringify(expected.body) }
    }
    const response = await fetch(behind, { method: 'POST', headers, body })
    const answer = { status: response.status, text: await response.text() }
    if (expected) {
      const [one, other] = [outcomeOf(JSON.parse(answer.text)), outcomeOf(expected.body)]
      if (one !== other) differences.push(`${target} ${body.slice(0, 2_000)}: ${one}, not ${other}`)
    }
    return answer
  }

  /** One after the other, so that both see the calls in the same order. */
  let turn: Promise<unknown> = Promise.resolve()
  const server = await listenOnLoopback(0, async (request, response) => {
    const body = String(await buffer(request))
    const { 'x-amz-target': target, 'content-type': type = '', authorization = '' } = request.headers
    const headers = { 'x-amz-target': String(target), 'content-type': type, authorization }
    // A caller that gave up while it waited does not keep others waiting.
    const mine = turn.then(() => (response.destroyed ? GIVEN_UP : answerTo(String(target), body, headers)))
    turn = mine.catch(() => {})
    const answer = await mine.catch((error) => ({
      status: 500,
      text: JSON.stringify({ __type: 'InternalServerError', message: String(error) }),
    }))
    response.writeHead(answer.status, { 'content-type': 'application/x-amz-json-1.0' }).end(answer.text)
  })
  return { url: server.url, counts, differences, close: server.close }
}

interface Body {
  readonly __type?: string
  readonly CancellationReasons?: readonly { readonly Code?: string }[]
  readonly Item?: unknown
  readonly Items?: readonly unknown[]
  readonly Responses?: Readonly<Record<string, readonly unknown[]>>
}

/**
 * How a call ended, in the parts that both have to agree about. After a page that is full, DynamoDB may or may not say that more
 * is to come, so that is not among them.
 */
function outcomeOf(body: Body): string {
  const type = body.__type?.split('#').at(-1)
  if (type !== undefined) {
    return [type, ...(body.CancellationReasons ?? []).map(({ Code }) => Code ?? 'None')].join(' ')
  }
  const found = Object.values(body.Responses ?? {}).flat().length + (body.Items?.length ?? 0)
  return `success, ${body.Item === undefined ? found : 1} found`
}
