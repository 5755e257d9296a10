// Says in a sentence what an entry of the timeline means. The sentences are for people; programs go by the codes.
import type { AuditActor } from '../audit/event.ts'
import type { Disconnecter } from '../events/event.ts'
import type { RiskReason } from '../events/event-types.ts'
import type { ToldEntry } from './read-timeline.ts'
import type { AuditEntry, EventEntry, Work } from './timeline.ts'

const WHY: Readonly<Record<RiskReason, string>> = {
  revoked_at_provider: 'ClickFunnels refuses the access token',
  disconnected_by_provider: 'ClickFunnels reported that the app was disconnected',
  refresh_rejected: 'ClickFunnels refuses the refresh token',
  answer_lost: 'an answer with the next refresh token was lost, and ClickFunnels refuses the former one',
  workspace_gone: 'the workspace was deleted',
  attempts_failing: 'several attempts in a row failed',
  events_refused: 'ClickFunnels does not let the token manage webhook endpoints',
}

const WHO: Readonly<Record<AuditActor['kind'] | Disconnecter, string>> = {
  api_key: 'A back end of the tenant',
  end_user: 'The end user',
  operator: 'The operator',
  browser: "The end user's browser",
  service: 'The service',
}

export function sentenceOf(entry: ToldEntry): string {
  switch (entry.kind) {
    case 'work':
      return ofWork(entry.work)
    case 'event':
      return ofEvent(entry)
    case 'audit':
      return ofAudit(entry)
  }
}

function ofWork({ code, cause, what, error, status, seconds }: Work): string {
  const after401 = cause === 'refused_call' ? 'ClickFunnels answered a call with 401. ' : ''
  const details = [error, status && `status ${status}`].filter(Boolean).join(', ')
  const how = details && ` (${details})`
  switch (code) {
    case 'tokens.refreshed':
      return `${after401}The service refreshed the tokens${REASON[cause]} in ${duration(seconds)}.`
    case 'tokens.refresh_failed':
      return `${after401}A refresh failed${how} after ${duration(seconds)}. The connection keeps its tokens.`
    case 'tokens.refused':
      return `${after401}ClickFunnels refused the ${what === 'refresh' ? 'refresh' : 'access'} token${how}.`
    case 'tokens.probed':
      return `${after401}The service asked ClickFunnels, which accepts the access token.`
    case 'tokens.probe_failed':
      return `${after401}ClickFunnels did not say whether it accepts the access token.`
  }
}

const REASON: Readonly<Record<Work['cause'], string>> = {
  schedule: ' on schedule',
  call: ' for a call',
  refused_call: '',
}

const duration = (seconds: number) =>
  seconds === 0 ? 'less than a second' : `${seconds} second${seconds === 1 ? '' : 's'}`

function ofEvent({ type, reason, by, imported }: EventEntry): string {
  const why = WHY[reason as RiskReason] ?? reason
  switch (type) {
    case 'connection.created':
      return imported ? 'The connection was imported.' : 'The end user connected the workspace.'
    case 'connection.reconnected':
      return imported
        ? 'An import gave the connection new tokens.'
        : 'The end user connected again, and the connection got new tokens.'
    case 'connection.at_risk':
      return `The connection is at risk: ${why}.`
    case 'connection.broken':
      return `The connection is broken: ${why}. The end user has to connect again.`
    case 'connection.recovered':
      return 'The connection works again.'
    case 'connection.suspended':
      return 'The operator suspended the connection.'
    case 'connection.resumed':
      return 'The operator resumed the connection.'
    case 'connection.disconnected':
      return `${by ? WHO[by] : 'The service'} disconnected the connection.`
  }
}

function ofAudit({ action, actor, result, reason }: AuditEntry): string {
  const who = WHO[actor.kind]
  const refused = result === 'ok' ? '' : ` The answer was ${result}.`
  switch (action) {
    case 'connection.refresh':
      return `${who} asked for a refresh.${refused}`
    case 'connection.update':
      return `${who} changed the connection${reason ? ` (${reason})` : ''}.${refused}`
    case 'connection.switch':
      return `${who} switched the connection${reason ? ` (${reason})` : ''}.${refused}`
    case 'connection.delete':
      return `${who} asked to disconnect the connection.${refused}`
    case 'connection.revoke_tokens':
      return result === 'ok'
        ? 'ClickFunnels revoked the tokens that the connection no longer has.'
        : `The service gave up revoking tokens that the connection no longer has (${result}).`
    case 'connection.create':
    case 'connection.reconnect':
      return `${who} brought a new approval.${refused}`
    case 'connection.import':
      return `${who} imported tokens for the connection.${refused}`
    case 'connection.export':
      return `${who} exported the tokens, sealed to the tenant's key.${refused}`
    case 'connection.require_reauthorization':
      return `${who} noted that the end user has to connect again${reason ? ` (${reason})` : ''}.`
    case 'connection.recover':
      return `${who} noted that the connection works again.`
  }
}
