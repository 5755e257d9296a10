// The world in place of the AWS SDK's sockets. It never fails and never waits; a simulation with faults has a handler of its own.
import type { World } from './world.ts'

interface HttpRequest {
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string | Uint8Array
}

const decoder = new TextDecoder()

/** @param now in milliseconds since the epoch */
export function requestHandlerOf(world: World, now: () => number) {
  return {
    handle: async ({ headers, body }: HttpRequest) => {
      const target = headers['x-amz-target'] ?? ''
      const answer = world.call(
        target,
        JSON.parse(typeof body === 'string' ? body : decoder.decode(body)),
        now(),
      )
      return {
        response: {
          statusCode: answer.status,
          headers: { 'content-type': 'application/x-amz-json-1.0' },
          body: Buffer.from(JSON.stringify(answer.body)),
        },
      }
    },
    destroy: () => {},
  }
}
