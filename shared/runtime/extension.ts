// Keeps a process running after its answer. Lambda freezes a process when its runtime and all its extensions have asked for
// the next event. This is an internal extension: it runs in the process itself, and asks only when the work in the
// background has ended. The caller has its answer meanwhile (docs/adr/0025).
//
//   runtime    event ─▶ handler ─▶ answer ─▶ next
//   extension  event ─────────────────────▶ work in the background ─▶ next ─▶ frozen
//
// Source: "Running code after returning a response from an AWS Lambda function" (AWS Compute Blog), Lambda Extensions API.
import { Agent, request } from 'node:http'
import { text } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Background, Log } from '#domain/ambient.ts'

const NAME = 'funnel-connect-background'
const PAUSE_MILLISECONDS = 100

interface Reply {
  readonly identifier: string
  readonly requestId: string
}

export class LambdaExtension {
  readonly #answered = new Map<string, PromiseWithResolvers<void>>()

  /** The handler has answered an invocation. */
  answered(requestId: string): void {
    this.#invocation(requestId).resolve()
  }

  /** @param settled waits for the work in the background */
  async run(next: () => Promise<Reply>, settled: () => Promise<void>, log: Log): Promise<never> {
    for (;;) {
      try {
        const { requestId } = await next()
        // The event may come before the handler has begun.
        await this.#invocation(requestId).promise
        this.#answered.delete(requestId)
        await settled()
      } catch (error) {
        log.error('The Lambda extension did not get its next event', { error })
        await sleep(PAUSE_MILLISECONDS)
      }
    }
  }

  #invocation(requestId: string): PromiseWithResolvers<void> {
    const known = this.#answered.get(requestId) ?? Promise.withResolvers<void>()
    this.#answered.set(requestId, known)
    return known
  }
}

/**
 * Registers the extension, which Lambda allows only while the process starts.
 * @param api the host and port of Lambda's Runtime API
 * @returns `undefined` if Lambda does not register it, which is logged
 */
export async function registerExtension(
  api: string,
  background: Background | undefined,
  log: Log,
): Promise<LambdaExtension | undefined> {
  const agent = new Agent({ keepAlive: true })
  const call = (method: string, path: string, headers: Readonly<Record<string, string>>, body?: string) =>
    new Promise<Reply>((resolve, reject) => {
      const url = `http://${api}/2020-01-01/extension/${path}`
      const sent = request(url, { method, headers, agent }, async (response) => {
        const answer = await text(response)
        if (response.statusCode !== 200) return reject(new Error(`Status ${response.statusCode}: ${answer}`))
        const identifier = String(response.headers['lambda-extension-identifier'] ?? '')
        resolve({ identifier, requestId: '', ...JSON.parse(answer) })
      })
      // The next event may be hours away, so there is no timeout.
      sent.on('error', reject)
      sent.end(body)
    })
  try {
    const events = JSON.stringify({ events: ['INVOKE'] })
    const { identifier } = await call('POST', 'register', { 'lambda-extension-name': NAME }, events)
    const extension = new LambdaExtension()
    const headers = { 'lambda-extension-identifier': identifier }
    const settled = async () => background?.settled()
    void extension.run(() => call('GET', 'event/next', headers), settled, log)
    return extension
  } catch (error) {
    log.warn('The Lambda extension was not registered; answers wait for work in the background', { error })
    return undefined
  }
}
