// Posts events to a URL as signed webhooks (Standard Webhooks 1.0), so that a product can be developed without a public URL.
import { randomBytes } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { Secret } from '#domain/secret.ts'
import { isLoopback } from '#domain/tenants/web-url.ts'
import { epochSeconds } from '#domain/time.ts'
import { secretOf, signedHeaders } from '#domain/webhooks/signature.ts'
import { UsageError } from './faults.ts'

const DEADLINE_MILLISECONDS = 15_000
const SECRET_BYTES = 32
const SECRET = /^whsec_[A-Za-z0-9+/]{32,}={0,2}$/
/** How long to wait for a server that is not there, for example because it restarts. */
const FIRST_PAUSE_MILLISECONDS = 250
const MAX_PAUSE_MILLISECONDS = 5000

export interface ForwardedEvent {
  readonly id: string
}

/** @throws UsageError */
export function targetOf(text: string): URL {
  const url = URL.parse(text)
  if (url === null || !/^https?:$/.test(url.protocol))
    throw new UsageError(`--forward takes an http or https URL, not "${text}".`)
  if (url.protocol === 'http:' && !isLoopback(url))
    throw new UsageError(
      `Plain http is for this machine only. Events name end users of yours.`,
      `Use an https URL for ${url.host}.`,
    )
  return url
}

/** @throws UsageError */
export function signingSecretOf(given: string | undefined): string {
  if (given === undefined) return secretOf(randomBytes(SECRET_BYTES)).reveal()
  if (!SECRET.test(given))
    throw new UsageError('$WEBHOOK_SECRET must be "whsec_" and at least 24 bytes in base64.')
  return given
}

/**
 * Posts one event once, and says how that ended. While nothing listens at the URL, it waits, so that the restart of a server
 * loses no event. After any other failure it does not try again, because the server may have the event.
 * @param say told once when it begins to wait
 */
export async function forward(
  event: ForwardedEvent,
  { to, secret, stop }: { readonly to: URL; readonly secret: string; readonly stop: AbortSignal },
  say: (message: string) => void,
): Promise<string> {
  const body = JSON.stringify(event)
  for (let pause = FIRST_PAUSE_MILLISECONDS; ; pause = Math.min(2 * pause, MAX_PAUSE_MILLISECONDS)) {
    const begun = performance.now()
    try {
      const response = await fetch(to, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...signed(event.id, body, secret) },
        body,
        redirect: 'manual',
        signal: AbortSignal.any([stop, AbortSignal.timeout(DEADLINE_MILLISECONDS)]),
      })
      await response.body?.cancel()
      return `${response.status} in ${Math.round(performance.now() - begun)} ms`
    } catch (error) {
      if (stop.aborted) return 'stopped'
      if ((error as Error).name === 'TimeoutError')
        return `no answer within ${DEADLINE_MILLISECONDS / 1000} s`
      const cause = (error as { cause?: { code?: string; message?: string } }).cause
      if (cause?.code !== 'ECONNREFUSED') return `no answer (${cause?.code ?? cause?.message ?? error})`
      if (pause === FIRST_PAUSE_MILLISECONDS) say(`Nothing listens at ${to.origin}. Waiting for it.`)
      await sleep(pause, undefined, { signal: stop }).catch(() => undefined)
    }
  }
}

/** The headers of an attempt that is made now, as the service itself signs. */
function signed(id: string, body: string, secret: string) {
  return signedHeaders({ id, timestamp: epochSeconds(Date.now() / 1000), body }, [new Secret(secret)])
}
