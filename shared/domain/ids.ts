// Identifiers: branded strings that the compiler keeps apart, minted here and nowhere else.
// A minted id is a prefix and 26 characters of Crockford base32: 10 of milliseconds, 16 random (80 bits).
// Ids sort by creation time, so "newest first" is a key order and costs no index.

declare const brand: unique symbol
export type Brand<T, Name extends string> = T & { readonly [brand]: Name }

export type TenantId = Brand<string, 'TenantId'>
export type AppId = Brand<string, 'AppId'>
export type ApiKeyId = Brand<string, 'ApiKeyId'>
export type IdentityProviderId = Brand<string, 'IdentityProviderId'>
export type ConnectSessionId = Brand<string, 'ConnectSessionId'>
export type ManageLinkId = Brand<string, 'ManageLinkId'>
export type ConnectionId = Brand<string, 'ConnectionId'>
export type RevocationId = Brand<string, 'RevocationId'>
export type AuditEventId = Brand<string, 'AuditEventId'>
export type EventId = Brand<string, 'EventId'>
export type TimelineEntryId = Brand<string, 'TimelineEntryId'>
export type EndpointId = Brand<string, 'EndpointId'>
export type DeliveryId = Brand<string, 'DeliveryId'>
/** The tenant's own identifier of its user; opaque to us. */
export type EndUserId = Brand<string, 'EndUserId'>
/** ClickFunnels' id of a workspace. ClickFunnels has an integer; this is its decimal digits. */
export type WorkspaceId = Brand<string, 'WorkspaceId'>

export interface MintedIds {
  readonly tenant: TenantId
  readonly app: AppId
  readonly apiKey: ApiKeyId
  readonly identityProvider: IdentityProviderId
  readonly connectSession: ConnectSessionId
  readonly manageLink: ManageLinkId
  readonly connection: ConnectionId
  readonly revocation: RevocationId
  readonly auditEvent: AuditEventId
  readonly event: EventId
  readonly timelineEntry: TimelineEntryId
  readonly endpoint: EndpointId
  readonly delivery: DeliveryId
}

/** Makes a new id of the named kind. */
export type MintId = <K extends keyof MintedIds>(kind: K) => MintedIds[K]

const PREFIXES: Readonly<Record<keyof MintedIds, string>> = {
  tenant: 'ten',
  app: 'app',
  apiKey: 'key',
  identityProvider: 'idp',
  connectSession: 'cs',
  manageLink: 'ml',
  connection: 'conn',
  revocation: 'rev',
  auditEvent: 'aud',
  event: 'evt',
  timelineEntry: 'tle',
  endpoint: 'we',
  delivery: 'dlv',
}

const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz'
const TIME_CHARACTERS = 10
const RANDOM_CHARACTERS = 16

/**
 * Builds the minter of a process.
 * @param milliseconds the wall clock, in milliseconds since 1970; within one millisecond ids are in random order
 * @param random returns `size` random bytes
 */
export function idMinter(milliseconds: () => number, random: (size: number) => Uint8Array): MintId {
  return (kind) => {
    let time = ''
    for (let rest = milliseconds(); time.length < TIME_CHARACTERS; rest = Math.floor(rest / 32)) {
      time = ALPHABET.charAt(rest % 32) + time
    }
    let tail = ''
    for (const byte of random(RANDOM_CHARACTERS)) tail += ALPHABET.charAt(byte % 32)
    return `${PREFIXES[kind]}_${time}${tail}` as MintedIds[typeof kind]
  }
}

export const MAX_END_USER_ID_CHARACTERS = 256

/** Whether a text can be a tenant's id of its user. DynamoDB limits the length of keys, and the percent-encoded id is part of one. */
export function isEndUserId(text: string): text is EndUserId {
  if (text === '' || text.length > MAX_END_USER_ID_CHARACTERS) return false
  return text.isWellFormed() && encodeURIComponent(text).length <= 600
}

/** Reads a string from outside as an id of the named kind. `undefined` if it does not have the form of one. */
export function parseId<K extends keyof MintedIds>(kind: K, value: string): MintedIds[K] | undefined {
  const prefix = `${PREFIXES[kind]}_`
  if (!value.startsWith(prefix)) return undefined
  const rest = value.slice(prefix.length)
  if (rest.length !== TIME_CHARACTERS + RANDOM_CHARACTERS) return undefined
  for (const character of rest) if (!ALPHABET.includes(character)) return undefined
  return value as MintedIds[K]
}

/** When an id was minted, in milliseconds since 1970. */
export function mintedAt(id: MintedIds[keyof MintedIds]): number {
  const [, rest = ''] = id.split('_')
  let time = 0
  for (const character of rest.slice(0, TIME_CHARACTERS)) time = time * 32 + ALPHABET.indexOf(character)
  return time
}
