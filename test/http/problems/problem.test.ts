// Problem documents (RFC 9457): a closed set of codes, no detail of a fault, no request named.
import { describe, expect, test } from 'vitest'
import { ERROR_CODES, ServiceError } from '#domain/errors.ts'
import { errorPage } from '#http/pages/error-page.ts'
import { ERROR_CATALOG } from '#http/problems/catalog.ts'
import { problemAnswer } from '#http/problems/problem.ts'
import { PUBLIC_URL } from '../../fakes.ts'

const answerTo = (error: unknown) => {
  const answer = problemAnswer(error, PUBLIC_URL)
  return { ...answer, json: JSON.parse(String(answer.body)) }
}

test('an error is a problem document with type, title, status, code and detail', () => {
  const error = new ServiceError('not_found', 'There is no such app.')
  const { status, headers, json } = answerTo(error)
  expect(status).toBe(404)
  expect(headers).toMatchObject({ 'content-type': 'application/problem+json', 'cache-control': 'no-store' })
  expect(json).toEqual({
    type: `${PUBLIC_URL}/v1/errors#not_found`,
    title: 'Not found',
    status: 404,
    code: 'not_found',
    detail: 'There is no such app.',
  })
})

test('every code has a status of an error, and its type leads to a full explanation on the page', () => {
  const page = String(errorPage().body)
  const titles = new Set<string>()
  for (const code of ERROR_CODES) {
    const { status, json } = answerTo(new ServiceError(code, 'x'))
    expect(json.status, code).toBe(status)
    expect(status, code).toBeGreaterThanOrEqual(400)
    expect(page).toContain(`<h2 id="${new URL(json.type).hash.slice(1)}">`)
    const { meaning, remedy } = ERROR_CATALOG[code]
    for (const text of [meaning, remedy]) expect(text, code).toMatch(/^[A-Z"].*\.$/)
    titles.add(json.title)
  }
  expect(titles.size).toBe(ERROR_CODES.length)
})

test('two refusals of one kind are equal byte for byte: no request, no time', () => {
  const once = () => problemAnswer(new ServiceError('not_found', 'There is no such app.'), PUBLIC_URL)
  expect(once().body).toBe(once().body)
  expect(JSON.parse(String(once().body))).not.toHaveProperty('instance')
})

describe('what is not a ServiceError', () => {
  const leaky = Object.assign(new Error('password=hunter2 at table-7', { cause: new Error('hunter2') }), {
    code: 'not_found',
    retryAfterSeconds: 7,
    extensions: { token: 'hunter2' },
  })
  test.each<[string, unknown]>([
    ['an error', leaky],
    ['an error that looks like one of ours', { name: 'ServiceError', code: 'not_found', message: 'hunter2' }],
    ['a text', 'hunter2'],
    ['nothing', undefined],
  ])('(%s) is an internal error that reveals nothing of itself', (_, error) => {
    const { status, headers, body, json } = answerTo(error)
    expect(status).toBe(500)
    expect(json.code).toBe('internal_error')
    expect(headers).not.toHaveProperty('retry-after')
    expect(String(body)).not.toMatch(/hunter2|table-7|\.ts|at /)
  })
})

test('neither the stack nor the cause of an error is sent', () => {
  const error = new ServiceError('storage_unavailable', 'The store is busy.', { cause: new Error('secret') })
  const { body } = answerTo(error)
  expect(String(body)).not.toMatch(/secret|stack|\.ts/)
})

test('a time to retry is a Retry-After header, zero included', () => {
  const headers = (retryAfterSeconds?: number) =>
    answerTo(
      new ServiceError('refresh_failed', 'x', {
        ...(retryAfterSeconds !== undefined && { retryAfterSeconds }),
      }),
    ).headers
  expect(headers(5)['retry-after']).toBe('5')
  expect(headers(0)['retry-after']).toBe('0')
  expect(headers()).not.toHaveProperty('retry-after')
})

test('only a missing, wrong or weak credential gives a challenge; a missing one names no error', () => {
  const challenges = ERROR_CODES.flatMap((code) => {
    const challenge = answerTo(new ServiceError(code, 'x')).headers['www-authenticate']
    return challenge === undefined ? [] : [[code, challenge]]
  })
  expect(challenges).toEqual([
    ['missing_credential', 'Bearer realm="funnel-connect"'],
    ['invalid_credential', 'Bearer realm="funnel-connect", error="invalid_token"'],
    ['insufficient_scope', 'Bearer realm="funnel-connect", error="insufficient_scope"'],
  ])
})

describe('members that an error adds', () => {
  test('stand beside the standard ones', () => {
    const extensions = { connection_id: 'conn_1', reason: 'grant_refused' }
    expect(answerTo(new ServiceError('reauthorization_required', 'x', { extensions })).json).toMatchObject({
      status: 409,
      ...extensions,
    })
  })

  test('never take the place of a standard one', () => {
    const extensions = { status: 'expired', code: 'x', title: 'x', type: 'x', detail: 'x' }
    const { json } = answerTo(new ServiceError('session_not_completable', 'No.', { extensions }))
    expect(json).toMatchObject({ status: 409, code: 'session_not_completable', detail: 'No.' })
    expect(json.type).toContain(PUBLIC_URL)
  })
})
