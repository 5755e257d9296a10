// Reads the tokens of a token response (RFC 6749 section 5.1), leniently. A refresh token that was rotated exists nowhere
// else, so an answer is not thrown away for an odd member: it grants tokens if it is a JSON object with an access token.
import type { TokenSet } from '#domain/provider/authorization-server.ts'
import type { ProviderProfile } from '#domain/provider/profile.ts'
import { Secret } from '#domain/secret.ts'
import { DAY_SECONDS } from '#domain/time.ts'
import { workspaceFrom } from './workspace.ts'

/** A lifetime beyond it, or none at all, is taken for one that was not named. */
const MAX_LIFETIME_SECONDS = 10 * 365 * DAY_SECONDS

type Members = Readonly<Record<string, unknown>>

/** @returns undefined when the body holds no access token, that is a string with characters */
export function tokensIn(profile: ProviderProfile, body: string): TokenSet | undefined {
  const members = objectIn(body)
  const accessToken = text(members?.access_token)
  if (members === undefined || accessToken === undefined) return undefined
  const refreshToken = text(members.refresh_token)
  const expiresInSeconds = lifetime(members.expires_in)
  const oddities = odditiesOf(members, expiresInSeconds)
  return {
    accessToken: new Secret(accessToken),
    ...(refreshToken && { refreshToken: new Secret(refreshToken) }),
    ...(expiresInSeconds !== undefined && { expiresInSeconds }),
    scopes: scopesIn(members.scope),
    workspace: workspaceFrom(profile, members),
    ...(oddities.length > 0 && { oddities }),
  }
}

function objectIn(body: string): Members | undefined {
  try {
    const json: unknown = JSON.parse(body)
    return typeof json === 'object' && json !== null && !Array.isArray(json) ? (json as Members) : undefined
  } catch {
    return undefined
  }
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined
}

/** Seconds: a number, or the text of one. */
function lifetime(value: unknown): number | undefined {
  const seconds = typeof value === 'string' && /^\d+(\.\d+)?$/.test(value) ? Number(value) : value
  if (typeof seconds !== 'number' || !(seconds >= 1 && seconds <= MAX_LIFETIME_SECONDS)) return undefined
  return Math.floor(seconds)
}

/** RFC 6749 section 3.3 has words with spaces between; some libraries send a list of words. */
function scopesIn(value: unknown): readonly string[] {
  const words = Array.isArray(value) ? value : [value]
  return words.flatMap((word) => (typeof word === 'string' ? word.split(/\s+/).filter(Boolean) : []))
}

/** Names of members that are not as RFC 6749 has them, for the log. Blank members count as absent: Rails writes them. */
function odditiesOf(members: Members, lifetimeSeconds: number | undefined): readonly string[] {
  const present = (name: string) =>
    members[name] !== undefined && members[name] !== null && members[name] !== ''
  const { token_type: type, scope } = members
  return [
    ...(typeof type === 'string' && type.toLowerCase() === 'bearer' ? [] : ['token_type']),
    ...(present('expires_in') && lifetimeSeconds === undefined ? ['expires_in'] : []),
    ...(present('refresh_token') && text(members.refresh_token) === undefined ? ['refresh_token'] : []),
    ...(present('scope') && typeof scope !== 'string' ? ['scope'] : []),
  ]
}
