// Every seal that is stored is made again by key rotation: the table of holders against what is resealed in fact.
import { expect, test } from 'vitest'
import { HOLDERS, resealed, type SealedKind, type SealedRecord } from '#domain/keys/sealed-records.ts'
import type { SealBinding, Sealed } from '#domain/vault/vault.ts'
import {
  aConnection,
  aFeed,
  aKeyedCall,
  anApp,
  aRevocation,
  aSession,
  bytes,
  newId,
} from '../../contracts/samples.ts'

const tenant = newId('tenant')
const connection = aConnection(tenant)
const waiting = {
  status: 'awaiting_completion',
  code: bytes(5),
  codeVerifier: bytes(6),
  completionHash: 'hash',
} as const

const SAMPLES: Readonly<Record<SealedKind, object>> = {
  connection,
  revocation: aRevocation(connection),
  app: anApp(tenant),
  session: aSession(tenant, { state: waiting }),
  feed: aFeed(connection),
  kept_call: { ...aKeyedCall(tenant), state: { status: 'kept', answer: bytes(7) } },
}
const KINDS = Object.keys(SAMPLES) as SealedKind[]

test.each(KINDS)('a %s gets new seals for exactly the fields that it holds', async (kind) => {
  const fields: SealBinding['field'][] = []
  const vault = {
    reseal: async ({ field }: SealBinding): Promise<Sealed> => {
      fields.push(field)
      return bytes(99)
    },
  }
  const read = { kind, record: SAMPLES[kind] } as SealedRecord
  const changed = await resealed(vault, read)
  const held = Object.entries(HOLDERS).filter(([, kinds]) => kinds.some((one) => one === kind))
  expect(fields.toSorted()).toEqual(held.map(([field]) => field).toSorted())
  expect(changed).toMatchObject({ kind })
  expect(changed).not.toEqual(read)
  expect(await resealed({ reseal: async () => undefined }, read)).toBeUndefined()
})
