// One expired connection and callers in several processes, which share nothing but the store: the token endpoint must be
// called once, whoever wins, and everybody must be served.
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { afterEach, expect, inject, test } from 'vitest'
import { readDeployment } from '../../infra/local/cloudformation/template.ts'
import { templateParameters } from '../../infra/local/settings.ts'
import { startTestStack, type TestStack } from '../support/stack.ts'

const PROCESSES = 4
const CALLS_EACH = 50

const children: ChildProcess[] = []
let stack: TestStack | undefined
afterEach(async () => {
  await Promise.all(
    children.splice(0).map((child) => {
      const ended = once(child, 'exit')
      child.disconnect()
      return ended
    }),
  )
  await stack?.close()
})

/** Starts the service in another process and gives its URL. */
async function startOther({ url, endpoints, simulator }: TestStack): Promise<string> {
  const provider = { profile: 'custom', accountsUrl: '', apiUrl: '', workspaceHosts: '' } as const
  const parameters = templateParameters(provider, simulator)
  const templates = inject('templates') ?? ''
  const { functions } = readDeployment(templates, { publicUrl: url, parameters, sqsUrl: endpoints.sqs })
  const ROOT_KEY_ARN = functions.find(({ name }) => name === 'proxy')?.environment.ROOT_KEY_ARN
  const child = fork(
    new URL('../support/other-process.ts', import.meta.url),
    [JSON.stringify({ templates, parameters })],
    {
      execArgv: [],
      env: {
        PATH: process.env.PATH,
        AWS_ENDPOINT_URL_DYNAMODB: endpoints.dynamodb,
        AWS_ENDPOINT_URL_KMS: endpoints.kms,
        AWS_ENDPOINT_URL_SQS: endpoints.sqs,
        ROOT_KEY_ARN,
      },
    },
  )
  children.push(child)
  const [message] = await once(child, 'message')
  return message as string
}

test('200 calls from 4 processes on one expired connection make one refresh, and all are answered', async () => {
  const shared = await startTestStack()
  stack = shared
  const tenant = await shared.createTenant({ tokens: 'rotating' })
  const { id } = (await shared.connect(tenant)).json
  const urls = await Promise.all(Array.from({ length: PROCESSES }, () => startOther(shared)))
  await shared.control('POST', 'tokens/expire', { client_id: tenant.clientId })
  await shared.control('DELETE', 'requests')
  // Slow enough for every caller to be there before the answer is.
  const order = { path: '/oauth/token', when: 'after', times: 1000, fault: { kind: 'slow', ms: 500 } }
  await shared.control('POST', 'faults', order)

  const headers = { authorization: `Bearer ${tenant.apiKey}` }
  const calls = urls.flatMap((url) =>
    Array.from({ length: CALLS_EACH }, () => fetch(`${url}/v1/connections/${id}/funnels`, { headers })),
  )
  const statuses = (await Promise.all(calls)).map(({ status }) => status)
  const { requests } = (await shared.control('GET', 'requests?path=/oauth/token')).json
  expect(requests).toHaveLength(1)
  expect(statuses).toEqual(Array(PROCESSES * CALLS_EACH).fill(200))
}, 90_000)
