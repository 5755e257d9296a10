// Calls servers over TLS, in a process of its own: whom a process trusts is settled when it starts (NODE_EXTRA_CA_CERTS).
// Takes URLs as arguments and prints what came of each, as JSON.
import { jwksFetcher } from '#adapters/jwks-http.ts'
import { sendRequest } from '#adapters/outgoing-http.ts'

/** What the client to ClickFunnels and the one to JWKS endpoints have to say. */
export interface TlsOutcome {
  readonly calls: readonly string[]
  readonly keys: unknown
}

async function call(url: string): Promise<string> {
  try {
    const answer = await sendRequest({ method: 'POST', url, headers: [], deadlineMilliseconds: 10_000 })
    return `${answer.status} ${Buffer.from(answer.body)}`
  } catch (error) {
    const { name, fault, message } = Object(error)
    return `${name} ${fault}: ${message}`
  }
}

const outcomes: TlsOutcome[] = []
for (const url of process.argv.slice(2)) {
  const calls = [await call(url), await call(url)]
  const keys = await jwksFetcher(true)(url).catch((error) => error.code)
  outcomes.push({ calls, keys })
}
process.stdout.write(JSON.stringify(outcomes))
