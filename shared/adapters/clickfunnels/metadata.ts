// Reads one member of ClickFunnels' authorization server metadata (RFC 8414). Everything else about the server is
// configured (domain/provider/profile.ts), and the document does not change it.
import type { IssuerPromise } from '#domain/provider/issuer.ts'
import { sendRequest } from '../outgoing/client.ts'
import { OutgoingError } from '../outgoing/error.ts'

/** Short, because a browser waits for it. */
const DEADLINE_MILLISECONDS = 2_000
/** A larger document is not parsed. */
const MAX_BYTES = 64 * 1024
/** With these statuses the server says that it has no metadata, so it promises nothing. */
const ABSENT = [404, 410]

/** @param issuer an origin; the well-known path follows it at once (RFC 8414 section 3.1) */
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
    if (body.byteLength > MAX_BYTES) return unknown(`${body.byteLength} bytes, at most ${MAX_BYTES} allowed`)
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
    return unknown('the document is not JSON')
  }
  const members: Readonly<Record<string, unknown>> = Object(metadata)
  // The issuer must be the same, letter for letter, or the document must not be used (RFC 8414 section 3.3).
  if (members.issuer !== issuer) return unknown('the document names another issuer')
  const promised = members.authorization_response_iss_parameter_supported === true
  return { outcome: promised ? 'made' : 'not_made' }
}

function unknown(detail: string): IssuerPromise {
  return { outcome: 'unknown', detail }
}
