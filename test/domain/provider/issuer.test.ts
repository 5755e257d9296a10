// Whether a response without `iss` is refused: as the metadata says, asked seldom, and never at the cost of a connection
// while the metadata cannot be had.
import { beforeEach, describe, expect, test } from 'vitest'
import { PAUSE_SECONDS, PROMISE_SECONDS } from '#domain/provider/issuer.ts'
import { type FakeServices, fakeServices } from '../../fakes.ts'

let services: FakeServices
beforeEach(() => {
  services = fakeServices()
})

const required = () => services.issuerRule.isRequired()
const looks = () => services.clickfunnels.counts.issuerPromise

describe('the answer of the metadata', () => {
  test.each([
    ['promising', true],
    ['silent', false],
    ['absent', false],
  ] as const)('(%s) decides: %s', async (metadata, expected) => {
    services.clickfunnels.metadata = metadata
    expect(await required()).toBe(expected)
  })

  test('holds for an hour, to the second, and changes then', async () => {
    services.clickfunnels.metadata = 'promising'
    await required()
    services.clickfunnels.metadata = 'silent'
    services.clock.advance(PROMISE_SECONDS - 1)
    expect(await required()).toBe(true)
    expect(looks()).toBe(1)
    services.clock.advance(1)
    expect(await required()).toBe(false)
    expect(looks()).toBe(2)
  })

  test('is looked for once by many at a time', async () => {
    services.clickfunnels.metadata = 'promising'
    expect(await Promise.all([required(), required(), required()])).toEqual([true, true, true])
    expect(looks()).toBe(1)
  })
})

describe('while the metadata cannot be read', () => {
  test('nothing is required that was not known, and the metadata is not read again for a minute', async () => {
    services.clickfunnels.metadata = 'unreadable'
    for (let i = 0; i < 5; i++) expect(await required()).toBe(false)
    services.clock.advance(PAUSE_SECONDS - 1)
    expect(await required()).toBe(false)
    expect(looks()).toBe(1)
    services.clickfunnels.metadata = 'promising'
    services.clock.advance(1)
    expect(await required()).toBe(true)
  })

  test('what it said last holds on', async () => {
    services.clickfunnels.metadata = 'promising'
    await required()
    services.clickfunnels.metadata = 'unreadable'
    for (let hours = 1; hours < 4; hours++) {
      services.clock.advance(PROMISE_SECONDS)
      expect(await required()).toBe(true)
    }
    expect(looks()).toBe(4)
  })

  test('the log says why, once a look', async () => {
    services.clickfunnels.metadata = 'unreadable'
    await required()
    await required()
    expect(services.log.entries).toEqual([
      {
        level: 'warn',
        message: 'The metadata of the authorization server could not be read',
        fields: { detail: 'status 500' },
      },
    ])
  })
})

test('a look that fails for a fault of ours is no answer', async () => {
  services.clickfunnels.script('issuerPromise', () => Promise.reject(new Error('no such module')))
  await expect(required()).rejects.toThrow('no such module')
  services.clickfunnels.metadata = 'promising'
  expect(await required()).toBe(true)
})
