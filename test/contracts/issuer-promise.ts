// What any reader of ClickFunnels' metadata must keep to about the promise of `iss` (RFC 9207 section 3).
import { expect, test } from 'vitest'
import type { ReadIssuerPromise } from '#domain/provider/issuer.ts'

/** How a provider may serve its metadata: with or without the promise, not at all, or unreadable. */
export type Metadata = 'promising' | 'silent' | 'absent' | 'unreadable'

export function issuerPromiseContract(
  read: ReadIssuerPromise,
  publish: (metadata: Metadata) => Promise<unknown> | unknown,
): void {
  test.each([
    ['promising', 'made'],
    ['silent', 'not_made'],
    ['absent', 'not_made'],
  ] as const)('of metadata that is %s, the promise is %s', async (metadata, outcome) => {
    await publish(metadata)
    expect(await read()).toEqual({ outcome })
  })

  test('of metadata that cannot be read, it is unknown, and why', async () => {
    await publish('unreadable')
    expect(await read()).toEqual({ outcome: 'unknown', detail: 'status 500' })
  })

  test('each look is a new one', async () => {
    const outcomes: string[] = []
    for (const metadata of ['promising', 'silent', 'promising'] as const) {
      await publish(metadata)
      outcomes.push((await read()).outcome)
    }
    expect(outcomes).toEqual(['made', 'not_made', 'made'])
  })
}
