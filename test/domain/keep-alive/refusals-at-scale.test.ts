// Refusals of many connections of an app: false ones, which are over by themselves, and true ones, which all become known.
// With more connections and figures: npm run refusals
import { expect, test } from 'vitest'
import { type Connection, refOf } from '#domain/connections/connection.ts'
import type { EndUserId } from '#domain/ids.ts'
import { Secret } from '#domain/secret.ts'
import { replaceRejected } from '#domain/tokens/await-refresh.ts'
import { usableToken } from '#domain/tokens/fresh-token.ts'
import { sealTokens } from '#domain/tokens/new-tokens.ts'
import type { FakeServices } from '../../fakes.ts'
import { run, sceneOf } from './keep-alive-runs.ts'

const FALSELY_REFUSED = 40
const REVOKED = Number(process.env.REVOKED_CONNECTIONS ?? 100)
const FIGURES = process.env.REVOKED_CONNECTIONS !== undefined
const GONE = { code: 'reauthorization_required' }
/** The tokens live two hours, and the brake holds for one hour at most. */
const MAX_SECONDS = 3 * 3600
const STEP_SECONDS = 300
const REFUSED = { outcome: 'grant_refused', error: 'invalid_grant' } as const
const MODES = ['rotating', 'strict', 'non_expiring'] as const

/** As many other end users' connections, each with tokens of its own. */
async function copies(
  services: FakeServices,
  [one]: readonly Connection[],
  count: number,
): Promise<Connection[]> {
  if (one === undefined) throw new Error('nothing to copy')
  const sealer = await services.vault.sealer(one.tenantId)
  const made: Connection[] = []
  for (let i = 0; i < count; i++) {
    const { accessToken, refreshToken = '' } = services.clickfunnels.tokens.issue(one.workspace)
    const tokens = { scopes: [], workspace: {}, expiresInSeconds: 7200 }
    const secrets = { accessToken: new Secret(accessToken), refreshToken: new Secret(refreshToken) }
    const id = services.newId('connection')
    const ref = { tenantId: one.tenantId, connectionId: id }
    const credential = sealTokens(sealer, ref, 1, { ...tokens, ...secrets }, services.now())
    const copy = { ...one, id, endUser: { id: `copy-${i}` as EndUserId }, credential }
    await services.connections.create(copy)
    made.push(copy)
  }
  return made
}

/** The connections that the audit trail says have ended, one for each event. */
function ended({ auditEvents }: FakeServices): string[] {
  const events = [...auditEvents.items.values()]
  return events.flatMap(({ action, resource }) =>
    action === 'connection.require_reauthorization' ? [resource.id ?? ''] : [],
  )
}

test.each(MODES)(
  `15 s of false refusals end none of ${FALSELY_REFUSED} connections, and all are back within ten minutes (%s)`,
  async (mode) => {
    const { scene, services, connections } = await sceneOf(mode, FALSELY_REFUSED)
    services.clickfunnels.always('refresh', REFUSED)
    services.clickfunnels.always('probe', { outcome: 'rejected' })
    for (let second = 0; second < 15; second++) {
      if (second % 2 === 0) {
        for (const connection of connections) {
          await usableToken(services, refOf(connection))
            .then(({ connection: used }) => replaceRejected(services, used))
            .catch((error) => expect(error).toMatchObject(GONE))
        }
      }
      services.clock.advance(1)
    }
    services.clickfunnels.always('refresh')
    services.clickfunnels.always('probe')
    const over = services.now()
    let alive = 0
    while (alive < FALSELY_REFUSED) {
      services.clock.advance(60)
      await run(services)
      const stored = await Promise.all(connections.map((connection) => scene.stored(connection)))
      alive = stored.filter(({ state }) => state.status === 'active').length
      expect(services.now() - over, `${alive} are alive`).toBeLessThanOrEqual(600)
    }
    for (const connection of connections) await usableToken(services, refOf(connection))
    expect(ended(services)).toEqual([])
  },
)

test.each([
  ['among as many that live', 1],
  ['that are all of the app', 0],
])(
  `${REVOKED} revoked connections %s are known as dead at the next call or probe, and each gets one event`,
  async (_, living) => {
    const { scene, services, connections: first } = await sceneOf('rotating', 1)
    const connections = [...first, ...(await copies(services, first, REVOKED * (1 + living) - 1))]
    const isRevoked = (place: number) => place % (1 + living) === 0
    for (const [i, row] of services.clickfunnels.tokens.rows.entries()) row.revoked = isRevoked(i)
    const revoked = connections.filter((__, i) => isRevoked(i))
    // Half of them are called. The schedule comes to the others.
    for (const connection of revoked.filter((__, i) => i % 2 === 0)) {
      const { connection: used } = await usableToken(services, refOf(connection))
      await expect(replaceRejected(services, used)).rejects.toMatchObject(GONE)
    }
    let seconds = 0
    for (; ended(services).length < REVOKED; seconds += STEP_SECONDS) {
      expect(seconds, `${ended(services).length} events`).toBeLessThan(MAX_SECONDS)
      services.clock.advance(STEP_SECONDS)
      await run(services)
    }
    // The schedule looks at them again, and writes no second event.
    for (let look = 0; look < 4; look++) {
      services.clock.advance(STEP_SECONDS)
      await run(services)
    }
    expect(ended(services).toSorted()).toEqual(revoked.map(({ id }) => id as string).toSorted())
    for (const [i, connection] of connections.entries()) {
      const status = isRevoked(i) ? 'reauthorization_required' : 'active'
      expect((await scene.stored(connection)).state.status).toBe(status)
    }
    if (FIGURES) process.stdout.write(`${REVOKED} of ${connections.length}: all events after ${seconds} s\n`)
  },
  1_800_000,
)
