// ClickFunnels for the benchmark, in a process of its own: one page of funnels, as fast as Node can send it.
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tellCpu } from '../child.ts'

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
const BODY = Buffer.from(JSON.stringify(FUNNELS))

const server = createServer((request, response) => {
  if (request.headers.authorization === undefined || request.headers['user-agent'] === undefined) {
    return response.writeHead(401).end('{"error":"API key missing or invalid"}')
  }
  request.resume()
  response.writeHead(200, {
    'content-type': 'application/json; charset=utf-8',
    'content-length': BODY.byteLength,
    'pagination-next': '1019',
  })
  response.end(BODY)
})
server.keepAliveTimeout = 60_000
server.listen(0, '127.0.0.1', () => {
  tellCpu(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
})
