// What ClickFunnels and the network in front of it answer, and the grammar of odd token answers.
import type { Chance } from '../chance.ts'
import type { Row } from './rows.ts'

export interface Answer {
  readonly status: number
  readonly headers?: Readonly<Record<string, string>>
  readonly body: string
  /** The pair that it grants. */
  readonly row?: Row
}

const JSON_TYPE = { 'content-type': 'application/json; charset=utf-8' }

export function json(status: number, body: unknown, headers: Answer['headers'] = {}): Answer {
  return { status, headers: { ...JSON_TYPE, ...headers }, body: JSON.stringify(body) }
}

export const INVALID_GRANT = json(400, { error: 'invalid_grant', error_description: 'The grant is invalid.' })
export const INVALID_CLIENT = json(401, { error: 'invalid_client', error_description: 'Unknown client.' })
export const UNAUTHORIZED = json(
  401,
  { error: 'API key missing or invalid' },
  { 'www-authenticate': 'Bearer realm="Doorkeeper", error="invalid_token"' },
)
export const NOT_FOUND = json(404, { error: 'Not found' })
export const FORBIDDEN = json(403, { error: 'Forbidden' })
export const UNAVAILABLE = json(503, { error: 'Service unavailable' })
export const BAD_GATEWAY: Answer = { status: 502, body: '<html>Bad gateway</html>' }
export const GATEWAY_TIMEOUT: Answer = { status: 504, body: '<html>Gateway timeout</html>' }
export const BLOCK_PAGE: Answer = {
  status: 403,
  headers: { server: 'cloudflare', 'content-type': 'text/html; charset=UTF-8' },
  body: '<!DOCTYPE html><title>Attention Required! | Cloudflare</title>',
}

export function limited(chance: Chance): Answer {
  const seconds = chance.pick([undefined, '1', '5', '30', '0', 'soon', '-3', '99999999999'])
  return json(429, { error: 'Too many requests' }, seconds === undefined ? {} : { 'retry-after': seconds })
}

export function workspaceMembers(workspace: string): object {
  return {
    team_id: 7,
    team_name: 'Acme Inc.',
    workspace_id: Number(workspace),
    workspace_name: 'Acme',
    workspace_url: 'https://acme.myclickfunnels.com',
  }
}

type Members = Record<string, unknown>

export function tokenMembers(row: Row, now: number): Members {
  const seconds = Number.isFinite(row.expiresAt) ? Math.round((row.expiresAt - row.issuedAt) / 1000) : 7200
  return {
    access_token: row.accessToken,
    token_type: 'Bearer',
    expires_in: seconds,
    ...(row.refreshToken && { refresh_token: row.refreshToken }),
    scope: 'admin read',
    created_at: Math.floor(now / 1000),
    ...workspaceMembers(row.workspace),
  }
}

/** Each member beside the tokens, with values that it should not have; `undefined` leaves it out. */
const ODD: Readonly<Record<string, readonly unknown[]>> = {
  token_type: [undefined, null, '', 'bearer', 'BEARER', 'MAC', 'N_A', 7, ['Bearer']],
  expires_in: [undefined, null, '', '3600', '1h', 0, -1, 1e13, 3600.5, true, [3600], {}],
  scope: [undefined, null, '', ['admin', 'read'], 'admin  read', 5, {}, [1, 'read']],
  created_at: [undefined, null, 'yesterday', -1, 1e18, {}],
  workspace_id: [undefined, null, '', '20417', {}, -1],
  workspace_name: [undefined, null, '', 5, 'x'.repeat(5000), '\u0000'],
  workspace_url: [undefined, null, '', 'http://acme.myclickfunnels.com', 'https://evil.example', 5],
  team_id: [undefined, null, {}, 'seven'],
  id_token: ['x', null],
  error: ['none', null],
}
const STATUSES = [200, 200, 200, 201, 203]
const TYPES = [
  'application/json',
  'text/html',
  'text/plain; charset=latin1',
  '',
  'application/json; charset=utf-8',
]

/** A token answer that grants the tokens of the row, with members that are not as they should be. */
export function oddGrant(row: Row, now: number, chance: Chance): Answer {
  const members = tokenMembers(row, now)
  for (const name of Object.keys(ODD)) {
    if (!chance.isLikely(0.3)) continue
    const value = chance.pick(ODD[name] ?? [])
    if (value === undefined) delete members[name]
    else members[name] = value
  }
  const text = JSON.stringify(members)
  // JSON.stringify writes no number of this size, but other languages do.
  const body = chance.isLikely(0.1) ? text.replace(/"expires_in":[^,]+,/, '"expires_in":1e300,') : text
  const type = chance.pick(TYPES)
  return { status: chance.pick(STATUSES), headers: type === '' ? {} : { 'content-type': type }, body, row }
}
