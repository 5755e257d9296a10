// What DATA_DIR keeps of the emulators with their state in memory: the simulated ClickFunnels and the queues. As after a
// kill, nothing is closed between two runs.
import { join } from 'node:path'
import {
  CreateQueueCommand,
  DeleteMessageCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
} from '@aws-sdk/client-sqs'
import { afterEach, expect, test } from 'vitest'
import { startClickFunnels } from '../../infra/local/clickfunnels/simulator.ts'
import { sqsClient, startSqs } from '../../infra/local/sqs/queues.ts'
import { scratchFolder } from '../support/scratch.ts'

const open: { close(): Promise<void> }[] = []
afterEach(async () => {
  for (const part of open.splice(0)) await part.close()
})

const CLIENT = { client_id: 'client-1', client_secret: 'secret-1' }

async function simulator(stateFile: string) {
  const running = await startClickFunnels({ port: 0, stateFile })
  open.push(running)
  const call = async (method: string, path: string, body?: object, key?: string, origin = running.url) => {
    const headers = {
      ...(body && { 'content-type': 'application/json' }),
      ...(key && { authorization: `Bearer ${key}` }),
      'user-agent': 'test',
    }
    const answer = await fetch(`${origin}${path}`, {
      method,
      headers,
      redirect: 'manual',
      ...(body && { body: JSON.stringify(body) }),
    })
    const text = await answer.text()
    return { status: answer.status, location: answer.headers.get('location'), json: text && parsed(text) }
  }
  return { call, workspace: `http://${running.workspaceHosts[0]}` }
}

// biome-ignore lint/suspicious/noExplicitAny: tests say by their assertions what they expect
function parsed(text: string): any {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

test('the simulator keeps its applications, codes, tokens and records', async () => {
  const file = join(scratchFolder(), 'clickfunnels.jsonl')
  const redirect_uri = 'https://saas.example/callback'
  const first = await simulator(file)
  const registration = { ...CLIENT, redirect_uris: [redirect_uri], tokens: 'rotating' }
  expect(await first.call('POST', '/_control/applications', registration)).toMatchObject({ status: 201 })
  const approval = {
    ...{ client_id: CLIENT.client_id, redirect_uri, response_type: 'code', new_installation: 'true' },
    grant_type: 'authorization_code',
    ...{ decision: 'authorize', workspace_id: '20417' },
  }
  const decided = await first.call('POST', '/oauth/authorize', approval)
  const code = new URL(decided.location ?? '').searchParams.get('code')

  const second = await simulator(file)
  const exchange = { ...CLIENT, grant_type: 'authorization_code', code, redirect_uri }
  const granted = (await second.call('POST', '/oauth/token', exchange)).json
  expect(granted).toMatchObject({ access_token: expect.any(String), refresh_token: expect.any(String) })
  const contacts = '/api/v2/workspaces/20417/contacts'
  const contact = { email_address: 'kept@example.com' }
  const key = granted.access_token
  const made = (await second.call('POST', contacts, { contact }, key, second.workspace)).json
  await second.call('DELETE', '/api/v2/contacts/904100', undefined, key, second.workspace)

  const third = await simulator(file)
  expect(await third.call('POST', '/oauth/token', exchange)).toMatchObject({
    status: 400,
    json: { error: 'invalid_grant' },
  })
  const read = (id: number) => third.call('GET', `/api/v2/contacts/${id}`, undefined, key, third.workspace)
  expect(await read(made.id)).toMatchObject({ status: 200, json: contact })
  expect(await read(904_100)).toMatchObject({ status: 404 })
  expect(await read(904_103)).toMatchObject({ status: 200 })
  await third.call('POST', '/_control/tokens/expire', {})
  const refresh = { ...CLIENT, grant_type: 'refresh_token', refresh_token: granted.refresh_token }
  const renewed = (await third.call('POST', '/oauth/token', refresh)).json

  const fourth = await simulator(file)
  expect((await fourth.call('GET', '/_control/tokens')).json).toMatchObject({
    tokens: [
      { id: 1, access_token: key, state: 'expired', used: true },
      { id: 2, access_token: renewed.access_token, state: 'live', used: false, parent: 1 },
    ],
    grants: { authorization_code: 1, refresh_token: 1 },
  })
  await fourth.call('POST', '/_control/reset')
  const fifth = await simulator(file)
  expect((await fifth.call('GET', '/_control/tokens')).json.tokens).toEqual([])
})

test('a queue has the messages again that were sent and not deleted', async () => {
  const stateFile = join(scratchFolder(), 'sqs.jsonl')
  const queue = async () => {
    const sqs = await startSqs({ stateFile })
    open.push(sqs)
    const client = sqsClient({ AWS_ENDPOINT_URL_SQS: sqs.url })
    open.push({ close: async () => client.destroy() })
    const { QueueUrl } = await client.send(new CreateQueueCommand({ QueueName: 'letters' }))
    await sqs.sendLeftOvers()
    const receive = async () => {
      const wanted = { QueueUrl, MaxNumberOfMessages: 10, WaitTimeSeconds: 0 }
      return (await client.send(new ReceiveMessageCommand(wanted))).Messages ?? []
    }
    return { client, QueueUrl, receive }
  }
  const first = await queue()
  for (const MessageBody of ['one', 'two', 'three']) {
    await first.client.send(new SendMessageCommand({ QueueUrl: first.QueueUrl, MessageBody }))
  }
  const received = await first.receive()
  const done = received.find(({ Body }) => Body === 'two')
  const { QueueUrl } = first
  await first.client.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle: done?.ReceiptHandle }))

  // Sent again by the second run, the messages are not twice there in the third.
  await queue()
  const third = await queue()
  const again = await third.receive()
  expect(again.map(({ Body }) => Body).sort()).toEqual(['one', 'three'])
  for (const { ReceiptHandle } of again) {
    await third.client.send(new DeleteMessageCommand({ QueueUrl: third.QueueUrl, ReceiptHandle }))
  }
  expect(await (await queue()).receive()).toEqual([])
})
