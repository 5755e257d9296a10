// The writes when a browser follows a connect link. Few functions need them, so they are loaded when a link is followed.
import type {
  ConnectLink,
  ConnectSession,
  LinkFollower,
  Opening,
  PendingAuthorization,
} from '#domain/connect/connect-session.ts'
import { ABSENT, type Condition, type Write } from '../expressions.ts'
import { connectLinkKey, connectSessionKey, stateKey, TTL_ATTRIBUTE } from '../schema.ts'
import { inState } from './moves.ts'

export function beginWrites(
  { follower, ...link }: ConnectLink,
  pending: PendingAuthorization,
  confirmationHash: string | undefined,
): readonly Write[] {
  const { stateHash, browserHash } = pending
  return [
    {
      update: connectSessionKey(link.tenantId, link.sessionId),
      change: { set: { state: { status: 'authorizing' }, expiresAt: pending.expiresAt } },
      condition: inState(follower === undefined ? 'created' : 'authorizing'),
    },
    {
      put: { ...stateKey(stateHash), ...pending, [TTL_ATTRIBUTE]: pending.expiresAt },
      condition: ABSENT,
    },
    {
      update: connectLinkKey(link.secretHash),
      change: { set: { follower: { stateHash, browserHash, confirmationHash } } },
      condition: followedBy(follower),
    },
  ]
}

/** Of another opening of a reconnect link. */
export function openingWrites(
  { tenantId, id, state, opening: read }: ConnectSession,
  opening: Opening,
  pending: PendingAuthorization,
): readonly Write[] {
  const { expiresAt, stateHash } = pending
  return [
    {
      update: connectSessionKey(tenantId, id),
      change: { set: { state: { status: 'authorizing' }, expiresAt, opening } },
      condition: openedBy(inState(state.status), read?.stateHash),
    },
    { put: { ...stateKey(stateHash), ...pending, [TTL_ATTRIBUTE]: expiresAt }, condition: ABSENT },
  ]
}

/** The condition, and that the session still has the opening with this state, or still none. */
function openedBy({ expression, names, values }: Condition, stateHash: string | undefined): Condition {
  const named = names && { names }
  if (stateHash === undefined)
    return {
      expression: `${expression} AND attribute_not_exists(opening)`,
      ...named,
      ...(values && { values }),
    }
  return {
    expression: `${expression} AND opening.stateHash = :opened`,
    ...named,
    values: { ...values, ':opened': stateHash },
  }
}

function followedBy(follower: LinkFollower | undefined): Condition {
  if (follower === undefined) return { expression: 'attribute_exists(pk) AND attribute_not_exists(follower)' }
  return {
    expression: '#follower.#stateHash = :stateHash',
    names: { '#follower': 'follower', '#stateHash': 'stateHash' },
    values: { ':stateHash': follower.stateHash },
  }
}
