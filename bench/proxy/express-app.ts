// The design this project began with, as a fair version of itself: an Express app that keeps one token in memory and
// fetches funnels with axios over kept connections.
import { Agent } from 'node:http'
import type { AddressInfo } from 'node:net'
import axios from 'axios'
import express from 'express'
import { tellCpu } from '../child.ts'

const token = 'a-token-in-a-variable-of-forty-three-chars'
const upstream = axios.create({
  baseURL: process.env.UPSTREAM_URL ?? '',
  httpAgent: new Agent({ keepAlive: true, maxFreeSockets: 256 }),
  headers: { 'user-agent': 'ExpressApp/1.0' },
})

const app = express()
app.get('/funnels', async (_, response) => {
  try {
    const { data, headers } = await upstream.get('/api/v2/workspaces/20417/funnels', {
      headers: { authorization: `Bearer ${token}` },
    })
    response.set('pagination-next', String(headers['pagination-next'])).json(data)
  } catch {
    response.status(502).json({ error: 'Failed to fetch funnels' })
  }
})
const server = app.listen(0, '127.0.0.1', () => {
  tellCpu(`http://127.0.0.1:${(server.address() as AddressInfo).port}/funnels`)
})
