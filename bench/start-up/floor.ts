// The minimum that a function like the proxy does when it starts: the SDK's two clients, one GetItem, one Decrypt, one call
// upstream.
import { type Calls, callAws } from './three-calls.ts'

export async function handler(calls: Calls): Promise<{ statusCode: number }> {
  await callAws(calls)
  const { upstream } = calls
  const { request } = process.getBuiltinModule(upstream.startsWith('https:') ? 'node:https' : 'node:http')
  return new Promise((resolve, reject) => {
    const headers = { authorization: 'Bearer x', 'user-agent': 'floor' }
    request(upstream, { headers }, async (response) => {
      for await (const _ of response);
      resolve({ statusCode: response.statusCode ?? 0 })
    })
      .once('error', reject)
      .end()
  })
}
