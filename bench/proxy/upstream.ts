// ClickFunnels for the benchmark, in a process of its own: one page of funnels as canned bytes, so that the time goes to
// those who call it. One token is always told to slow down.
import { type AddressInfo, createServer } from 'node:net'
import { tellCpu } from '../child.ts'
import { STORMY_TOKEN } from './tokens.ts'

const FUNNELS = Array.from({ length: 20 }, (_, i) => ({
  id: 1000 + i,
  public_id: `pub${i}`,
  workspace_id: 20417,
  name: `Funnel number ${i}`,
  archived: false,
  current_path: `/funnel-${i}`,
  live_mode: true,
  domain_id: null,
  created_at: '2026-01-01T00:00:00Z',
  updated_at: '2026-01-01T00:00:00Z',
  tags: [],
}))

const OK = wire('200 OK', JSON.stringify(FUNNELS), ['Pagination-Next: 1019'])
const UNAUTHORIZED = wire('401 Unauthorized', '{"error":"API key missing or invalid"}')
const SLOW_DOWN = wire('429 Too Many Requests', '{"error":"Too many requests"}')

function wire(status: string, body: string, headers: readonly string[] = []): Buffer {
  const lines = [
    `HTTP/1.1 ${status}`,
    'Content-Type: application/json; charset=utf-8',
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Date: Tue, 24 Nov 2026 18:00:00 GMT',
    ...headers,
  ]
  return Buffer.from(`${lines.join('\r\n')}\r\n\r\n${body}`)
}

function answerTo(head: string): Buffer {
  if (!/\r\nauthorization: /i.test(head) || !/\r\nuser-agent: /i.test(head)) return UNAUTHORIZED
  return head.includes(STORMY_TOKEN) ? SLOW_DOWN : OK
}

const server = createServer({ noDelay: true }, (socket) => {
  let text = ''
  socket.on('error', () => socket.destroy())
  socket.on('data', (chunk) => {
    text += chunk.toString('latin1')
    // Every request of the benchmark is a GET: what ends its head ends it.
    for (let end = text.indexOf('\r\n\r\n'); end !== -1; end = text.indexOf('\r\n\r\n')) {
      socket.write(answerTo(text.slice(0, end + 2)))
      text = text.slice(end + 4)
    }
  })
})
server.listen(0, '127.0.0.1', () => {
  tellCpu(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
})
