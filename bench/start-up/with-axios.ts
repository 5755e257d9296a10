// The same three calls in the usual way: a bundle with esbuild's defaults, and axios for the call upstream.
import axios from 'axios'
import { type Calls, callAws } from './three-calls.ts'

export async function handler(calls: Calls): Promise<{ statusCode: number }> {
  await callAws(calls)
  const headers = { authorization: 'Bearer x', 'user-agent': 'axios' }
  const { status } = await axios.get(calls.upstream, { headers })
  return { statusCode: status }
}
