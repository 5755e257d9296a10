// ClickFunnels' authorization server metadata (RFC 8414), for the one member of it that counts here: everything else that
// we need of the server is configured (domain/provider.ts), and nothing that the document says changes it.
import type { IssuerPromise } from '#domain/provider/issuer.ts'
import { sendRequest } from '../outgoing/client.ts'
import { OutgoingError } from '../outgoing/error.ts'

/** A browser waits for it. */
const DEADLINE_MILLISECONDS = 2_000
/** What is larger is not parsed. */
const MAX_BYTES = 64 * 1024
/** A server without metadata: that is an answer. */
const ABSENT = [404, 410]

/** @param issuer an origin: the well-known path comes right after it (section 3.1) */
export async function readIssuerPromise(
  issuer: string,
  deadlineMilliseconds = DEADLINE_MILLISECONDS,
): Promise<IssuerPromise> {
  try {
    const { status, body } = await sendRequest({
      method: 'GET',
      url: `${issuer}/.well-known/oauth-authorization-server`,
      headers: [['accept', 'application/json']],
      deadlineMilliseconds,
    })
    if (ABSENT.includes(status)) return { outcome: 'not_made' }
    if (status !== 200) return unknown(`status ${status}`)
    if (body.byteLength > MAX_BYTES) return unknown(`${body.byteLength} bytes, ${MAX_BYTES} at the most`)
    return promiseIn(Buffer.from(body).toString(), issuer)
  } catch (error) {
    if (error instanceof OutgoingError) return unknown(error.message)
    throw error
  }
}

function promiseIn(text: string, issuer: string): IssuerPromise {
  let metadata: unknown
  try {
    metadata = JSON.parse(text)
  } catch {
    return unknown('no JSON')
  }
  const members: Readonly<Record<string, unknown>> = Object(metadata)
  // Section 3.3: letter for letter, or the document must not be used.
  if (members.issuer !== issuer) return unknown("another issuer's")
  const promised = members.authorization_response_iss_parameter_supported === true
  return { outcome: promised ? 'made' : 'not_made' }
}

function unknown(detail: string): IssuerPromise {
  return { outcome: 'unknown', detail }
}
