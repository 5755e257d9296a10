// A call with an Idempotency-Key is carried out once, whatever happens in the middle, and its repetitions get its answer.
import { describe, expect, test } from 'vitest'
import { ServiceError } from '#domain/errors.ts'
import { rotateKeys, SETTLING_SECONDS } from '#domain/keys/key-rotation.ts'
import { switchApp, switchConnection } from '#domain/operator/switches.ts'
import type { IdempotencyKey } from '#domain/proxy/idempotency.ts'
import { keyedCall } from '#domain/proxy/keyed-call.ts'
import { CUT_OFF_SECONDS, KEPT_SECONDS } from '#domain/proxy/keyed-entry.ts'
import type { ProxyRequest } from '#domain/proxy/proxy-request.ts'
import { disconnect } from '#domain/tokens/disconnect.ts'
import { REMEMBERED_SECONDS } from '#domain/tokens/token-memory.ts'
import { answer } from '../../fakes/clickfunnels.ts'
import { connectedScene, sceneOn } from '../../fakes/scene.ts'

const CREATED = answer(201, { id: 7 }, [
  ['content-type', 'application/json'],
  ['etag', 'W/"1"'],
  ['warning', 'one'],
  ['warning', 'two'],
])

async function callable(mode: 'rotating' | 'non_expiring' = 'rotating') {
  const { services, scene, connection } = await connectedScene(mode)
  services.clickfunnels.always('call', CREATED)
  const request: ProxyRequest = {
    connectionId: connection.id,
    method: 'POST',
    segments: ['contacts'],
    rawQuery: '',
    headers: [['content-type', 'application/json']],
    body: Buffer.from('{"contact":{}}'),
    requestId: 'r',
  }
  const call = (change: Partial<ProxyRequest> = {}, key = 'key-1') =>
    keyedCall(services, scene.caller, { ...request, ...change }, key as IdempotencyKey)
  return { services, scene, connection, request, call, sent: () => services.clickfunnels.counts.call }
}

const failing =
  (
    code:
      | 'upstream_timeout'
      | 'upstream_answer_lost'
      | 'upstream_unreachable'
      | 'upstream_response_too_large',
  ) =>
  async () =>
    Promise.reject(new ServiceError(code, 'scripted'))

describe('the answer to a call', () => {
  test('is replayed to a repetition, to the byte, and the call is not made again', async () => {
    const { call, sent } = await callable()
    const first = await call()
    expect(first).toEqual({ ...CREATED, replayed: false })
    expect(await call()).toEqual({ ...CREATED, replayed: true })
    expect(sent()).toBe(1)
  })

  test.each([200, 204, 302, 400, 403, 404, 409, 422, 500, 502, 504])(
    'is stored, whatever its status: %i',
    async (status) => {
      const { services, call, sent } = await callable()
      services.clickfunnels.always('call', answer(status, {}))
      await call()
      expect(await call()).toMatchObject({ status, replayed: true })
      expect(sent()).toBe(1)
    },
  )

  test.each([401, 429])(
    'is not stored when its status says that the call was not carried out: %i',
    async (status) => {
      const { services, call } = await callable('non_expiring')
      services.clickfunnels.script('call', answer(status, {}))
      expect(await call()).toMatchObject({ status, replayed: false })
      expect(services.keyedCalls.items.size).toBe(0)
      services.clock.advance(10)
      expect(await call()).toMatchObject({ status: 201, replayed: false })
    },
  )

  test('with 503 does not say whether the call was carried out, so the call is never sent again', async () => {
    const { services, call, sent } = await callable()
    services.clickfunnels.script('call', answer(503, {}, [['retry-after', '1']]))
    expect(await call()).toMatchObject({ status: 503, replayed: false })
    services.clock.advance(KEPT_SECONDS - 1)
    await expect(call()).rejects.toMatchObject({ code: 'idempotency_outcome_unknown' })
    expect(sent()).toBe(1)
  })

  test('is that of the call after the refresh, if the token was invalid', async () => {
    const { services, call, sent } = await callable()
    services.clickfunnels.script('call', answer(401, {}))
    expect(await call()).toMatchObject({ status: 201 })
    expect(await call()).toMatchObject({ status: 201, replayed: true })
    expect(sent()).toBe(2)
  })

  test('is stored for a day from its end, and no longer', async () => {
    const { services, call, sent } = await callable()
    await call()
    services.clock.advance(KEPT_SECONDS - 1)
    expect(await call()).toMatchObject({ replayed: true })
    services.clock.advance(1)
    expect(await call()).toMatchObject({ replayed: false })
    expect(sent()).toBe(2)
  })

  test('that is too large to store gives an error with its status', async () => {
    const { services, call, sent } = await callable()
    const body = Buffer.from(services.randomBytes(400_000))
    services.clickfunnels.always('call', { status: 201, headers: [], body })
    expect((await call()).body).toEqual(body)
    await expect(call()).rejects.toMatchObject({
      code: 'idempotency_answer_not_kept',
      extensions: { upstream_status: 201 },
    })
    services.clickfunnels.always('call', failing('upstream_response_too_large'))
    await expect(call({}, 'key-2')).rejects.toMatchObject({ code: 'upstream_response_too_large' })
    await expect(call({}, 'key-2')).rejects.toMatchObject({ code: 'idempotency_answer_not_kept' })
    expect(sent()).toBe(2)
  })

  test('is sealed: nothing of it, of the body or of the key is stored in clear', async () => {
    const { services, call } = await callable()
    await call({ body: Buffer.from('secret-body') })
    const stored = [...services.keyedCalls.items].map(([key, { state, ...rest }]) =>
      JSON.stringify([key, rest, state]),
    )
    expect(stored.join()).not.toMatch(/secret-body|key-1"|\\"id\\":7|etag/)
    const [{ state }] = [...services.keyedCalls.items.values()] as [never]
    expect(Buffer.from((state as { answer: Uint8Array }).answer).includes('etag')).toBe(false)
  })
})

describe('a key', () => {
  test.each<[string, Partial<ProxyRequest>]>([
    ['method', { method: 'PUT' }],
    ['path', { segments: ['contacts', '1'] }],
    ['query', { rawQuery: 'a=1' }],
    ['content type', { headers: [] }],
    ['body', { body: Buffer.from('{}') }],
  ])('that was sent with another %s is refused, and nothing is sent', async (_, change) => {
    const { call, sent } = await callable()
    await call()
    await expect(call(change)).rejects.toMatchObject({ code: 'idempotency_key_reused' })
    expect(sent()).toBe(1)
  })

  test("of another connection, and of another tenant's, is another key", async () => {
    const { services, scene, request, call, sent } = await callable()
    await call()
    const second = await scene.connect({ endUser: { id: 'other' as never } })
    expect(await call({ connectionId: second.id })).toMatchObject({ replayed: false })
    const stranger = await sceneOn(services)
    const theirs = await stranger.connect()
    const key = 'key-1' as IdempotencyKey
    const own = await keyedCall(services, stranger.caller, { ...request, connectionId: theirs.id }, key)
    expect(own.replayed).toBe(false)
    expect(sent()).toBe(3)
    const foreign = keyedCall(services, stranger.caller, request, key)
    await expect(foreign).rejects.toMatchObject({ code: 'not_found' })
    expect(sent()).toBe(3)
  })

  test("of an end user's call gives another end user nothing", async () => {
    const { services, scene, request, call } = await callable()
    await call()
    const replayTo = (id: string) => {
      const actor = { kind: 'end_user', id, identityProviderId: 'idp' } as never
      return keyedCall(services, { ...scene.caller, actor }, request, 'key-1' as IdempotencyKey)
    }
    expect(await replayTo('alice')).toMatchObject({ replayed: true })
    await expect(replayTo('bob')).rejects.toMatchObject({ code: 'not_found' })
  })

  test('gives nothing once its connection is gone, at once, in a process that remembers the connection too', async () => {
    const { services, scene, connection, call } = await callable()
    await call()
    await disconnect(services, scene.caller, connection.id)
    await expect(call()).rejects.toMatchObject({ code: 'not_found' })
  })
})

describe('a kill switch', () => {
  test('stops replays with the calls; resumed, the answer is still there', async () => {
    const { services, connection, call, sent } = await callable()
    await call()
    const ref = { tenantId: connection.tenantId, connectionId: connection.id }
    await switchConnection(services, ref, 'suspended')
    services.clock.advance(REMEMBERED_SECONDS)
    await expect(call()).rejects.toMatchObject({ code: 'connection_suspended' })
    await switchConnection(services, ref, 'active')
    expect(await call()).toMatchObject({ replayed: true })
    expect(sent()).toBe(1)
  })

  test("of an app stops its connections' replays, too", async () => {
    const { services, scene, call, request } = await callable()
    await call()
    const tenant = await switchApp(services, scene.app, 'suspended')
    const known = { ...scene.caller, tenant }
    const again = keyedCall(services, known, request, 'key-1' as IdempotencyKey)
    await expect(again).rejects.toMatchObject({ code: 'app_suspended' })
  })
})

describe('calls with one key at once', () => {
  test('are one call: the others wait for its answer', async () => {
    const { call, sent } = await callable()
    const answers = await Promise.all(Array.from({ length: 20 }, () => call()))
    expect(answers.filter(({ replayed }) => !replayed)).toHaveLength(1)
    expect(new Set(answers.map(({ body }) => body.toString())).size).toBe(1)
    expect(sent()).toBe(1)
  })

  test('wait some seconds at most; then they get a Retry-After', async () => {
    const { services, call, sent } = await callable()
    let finish = (): void => {}
    const held = new Promise<void>((resolve) => {
      finish = resolve
    })
    services.clickfunnels.script('call', async () => held.then(() => CREATED))
    const first = call()
    await expect.poll(sent).toBe(1)
    const began = services.clock.milliseconds()
    await expect(call()).rejects.toMatchObject({ code: 'idempotency_in_progress', retryAfterSeconds: 5 })
    const waited = services.clock.milliseconds() - began
    expect(waited).toBeGreaterThan(9000)
    expect(waited).toBeLessThan(14_000)
    await expect(call({ method: 'PUT' })).rejects.toMatchObject({ code: 'idempotency_key_reused' })
    finish()
    expect(await first).toMatchObject({ replayed: false })
    expect(await call()).toMatchObject({ replayed: true })
    expect(sent()).toBe(1)
  })

  test('take over from a call that was not carried out, within their own 25 seconds', async () => {
    const { services, call } = await callable()
    services.clickfunnels.script('call', async () => {
      await services.sleep(4000)
      return answer(429, {})
    })
    const [first, second] = await Promise.all([call(), call()])
    expect(first).toMatchObject({ status: 429 })
    expect(second).toMatchObject({ status: 201, replayed: false })
    const deadline = services.clickfunnels.requests.at(-1)?.deadlineMilliseconds ?? 0
    expect(deadline).toBeLessThanOrEqual(21_000)
  })
})

describe('a call that failed', () => {
  test.each(['upstream_timeout', 'upstream_answer_lost'] as const)(
    'without an answer (%s) may have been carried out, so it is never sent again',
    async (code) => {
      const { services, call, sent } = await callable()
      services.clickfunnels.script('call', failing(code))
      await expect(call()).rejects.toMatchObject({ code })
      await expect(call()).rejects.toMatchObject({ code: 'idempotency_outcome_unknown' })
      services.clock.advance(KEPT_SECONDS - 60)
      await expect(call()).rejects.toMatchObject({ code: 'idempotency_outcome_unknown' })
      expect(sent()).toBe(1)
    },
  )

  test('before anything was sent leaves its key free', async () => {
    const { services, call } = await callable()
    services.clickfunnels.script('call', failing('upstream_unreachable'))
    await expect(call()).rejects.toMatchObject({ code: 'upstream_unreachable' })
    expect(await call()).toMatchObject({ status: 201, replayed: false })
  })

  test('because the refresh after its 401 failed leaves its key free', async () => {
    const { services, call } = await callable()
    services.clickfunnels.script('call', answer(401, {}))
    services.clickfunnels.script('refresh', { outcome: 'provider_down', detail: 'x' })
    await expect(call()).rejects.toMatchObject({ code: 'refresh_failed' })
    services.clock.advance(10)
    expect(await call()).toMatchObject({ status: 201, replayed: false })
  })

  test('in an unforeseen way after it was sent counts as unknown', async () => {
    const { services, call } = await callable()
    services.clickfunnels.script('call', async () => Promise.reject(new Error('a bug')))
    await expect(call()).rejects.toThrow('a bug')
    await expect(call()).rejects.toMatchObject({ code: 'idempotency_outcome_unknown' })
  })
})

describe('a crash in the middle', () => {
  test('is under way at first, then unknown, and never repeated', async () => {
    const { services, call, sent } = await callable()
    services.clickfunnels.script('call', () => new Promise(() => {}))
    void call()
    await expect.poll(sent).toBe(1)
    await expect(call()).rejects.toMatchObject({ code: 'idempotency_in_progress' })
    services.clock.advance(CUT_OFF_SECONDS)
    await expect(call()).rejects.toMatchObject({ code: 'idempotency_outcome_unknown' })
    services.clock.advance(KEPT_SECONDS - 2 * CUT_OFF_SECONDS)
    await expect(call()).rejects.toMatchObject({ code: 'idempotency_outcome_unknown' })
    expect(sent()).toBe(1)
  })

  test('of the store after the answer came: the caller gets the answer, a repetition gets "unknown"', async () => {
    const { services, call, sent } = await callable()
    services.keyedCalls.end = async () => Promise.reject(new Error('store down'))
    expect(await call()).toMatchObject({ status: 201, replayed: false })
    expect(services.log.text()).toContain('was not stored')
    services.clock.advance(CUT_OFF_SECONDS)
    await expect(call()).rejects.toMatchObject({ code: 'idempotency_outcome_unknown' })
    expect(sent()).toBe(1)
  })

  test('of the store before the call: nothing is sent, and the key stays free', async () => {
    const { services, call, sent } = await callable()
    const begin = services.keyedCalls.begin.bind(services.keyedCalls)
    services.keyedCalls.begin = async (attempt, now) => {
      // The entry is stored, but the store's answer is lost.
      await begin(attempt, now)
      throw new ServiceError('storage_unavailable', 'lost')
    }
    await expect(call()).rejects.toMatchObject({ code: 'storage_unavailable' })
    expect(sent()).toBe(0)
    services.keyedCalls.begin = begin
    expect(await call()).toMatchObject({ status: 201, replayed: false })
  })

  test('of the network to the store: a call finds its own entry and goes on', async () => {
    const { services, call } = await callable()
    const begin = services.keyedCalls.begin.bind(services.keyedCalls)
    services.keyedCalls.begin = async (attempt, now) => {
      await begin(attempt, now)
      return begin(attempt, now)
    }
    expect(await call()).toMatchObject({ status: 201, replayed: false })
  })
})

describe('keys of the tenant', () => {
  test('are rotated: a stored answer is sealed anew and still replayed', async () => {
    const { services, scene, call } = await callable()
    await call()
    await services.vault.rotate(scene.caller.tenant.id)
    services.clock.advance(SETTLING_SECONDS)
    // The app, the connection and the kept answer.
    expect(await rotateKeys(services, () => true)).toMatchObject({ resealed: 3, unreadable: 0 })
    expect(await rotateKeys(services, () => true)).toMatchObject({ resealed: 0, retired: 1 })
    expect(await call()).toEqual({ ...CREATED, replayed: true })
  })

  test('are shredded: a stored answer cannot be read any more, and nothing is sent', async () => {
    const { services, scene, call, sent } = await callable()
    await call()
    await services.vault.shred(scene.caller.tenant.id)
    await expect(call()).rejects.toMatchObject({ code: 'tenant_shredded' })
    expect(sent()).toBe(1)
  })
})
