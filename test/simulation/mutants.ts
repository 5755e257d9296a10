// Our code with one protection taken away. Each has to be caught by an invariant within 10,000 runs; a simulation that lets
// one pass is blind there.
import type { Mutant } from './bundle.ts'

const domain = (file: string) => `shared/domain/${file}`
const adapter = (file: string) => `shared/adapters/${file}`
const one = (name: string, file: string, find: string, replace: string): Mutant => ({
  name,
  changes: [{ file, find, replace }],
})

export const MUTANTS: readonly Mutant[] = [
  one(
    'no fence: tokens are committed whatever the generation',
    adapter('dynamodb/connections/conditions.ts'),
    "return { expression: 'generation = :generation', values: { ':generation': generation } }",
    "return { expression: 'attribute_exists(generation)' }",
  ),
  one(
    'no lease: every process takes it',
    adapter('dynamodb/connections.ts'),
    'attribute_not_exists(leaseUntil) OR leaseUntil <= :now',
    'attribute_not_exists(leaseUntil) OR leaseUntil <= :now OR leaseUntil > :now',
  ),
  one(
    'no comparison: a refused commit takes its tokens for strangers',
    domain('tokens/commit-rotation.ts'),
    'return equalSecrets(held.reveal(), tokens.accessToken.reveal())',
    'return held === undefined',
  ),
  one(
    'no comparison: a recovery that was done takes its tokens for strangers',
    domain('tokens/recover-rotation.ts'),
    'return one !== undefined && other !== undefined && equalSecrets(one.reveal(), other.reveal())',
    'return false',
  ),
  one(
    'no queue: tokens that cannot be committed are not sent',
    adapter('sqs/recovery-queue.ts'),
    'async send(rotation: TokenRotation): Promise<void> {',
    'async send(rotation: TokenRotation): Promise<void> {\n    if (rotation.generation > 0) return',
  ),
  {
    name: 'no deadline (B2): a call to AWS may hang',
    changes: [
      {
        file: adapter('aws-call.ts'),
        find: 'throwOnRequestTimeout: true',
        replace: 'throwOnRequestTimeout: false',
      },
      { file: adapter('aws-call.ts'), find: 'socketTimeout: 1_200', replace: 'socketTimeout: 0' },
      {
        file: adapter('aws-call.ts'),
        find: 'AWS_CALL_MILLISECONDS = 4_000',
        replace: 'AWS_CALL_MILLISECONDS = 4_000_000',
      },
    ],
  },
  one(
    'no weighing of evidence (B1): only a probe shows a dead token',
    domain('tokens/verdict.ts'),
    "return refusedBefore || accessToken === 'expired' || probe === 'rejected' || probe === 'rejected_twice'",
    "return probe === 'rejected' || probe === 'rejected_twice'",
  ),
  {
    name: 'no second look (B3): one refusal ends a connection for good',
    changes: [
      {
        file: domain('tokens/verdict.ts'),
        find: "return isConfirmed ? 'ended' : 'refused'",
        replace: "return 'ended'",
      },
      {
        file: domain('tokens/refusal.ts'),
        find: 'const ends = mayEnd && !held',
        replace: "const ends = verdict === 'ended'",
      },
      {
        file: domain('tokens/verdict.ts'),
        find: '[300, 3600, 6 * 3600, 24 * 3600, 7 * 24 * 3600]',
        replace: '[]',
      },
    ],
  },
  one(
    'no salvage (B4): a token answer with an odd member is thrown away',
    adapter('clickfunnels/token-response.ts'),
    'if (members === undefined || accessToken === undefined) return undefined',
    "if (members === undefined || accessToken === undefined || typeof members.token_type !== 'string') return undefined",
  ),
  one(
    'no patience for the queue (B5): a lease without an owner says nothing',
    domain('tokens/lease.ts'),
    'return wasAbandoned(connection)\n    ? later',
    'return wasAbandoned(connection) && connection.generation < 0\n    ? later',
  ),
  one(
    'no tie of a grant to its session (I5): a write without an answer may store tokens that are revoked',
    adapter('dynamodb/sessions/moves.ts'),
    'if (session === undefined) return []',
    'if (session === undefined || session.expiresAt > 0) return []',
  ),
  one(
    'no reading on (B7): a token request is given up after 10 s',
    domain('tokens/refresh.ts'),
    'end - COMMIT_SECONDS - services.now(),',
    '10,',
  ),
  one(
    'no holding (B8): tokens are dropped when table and queue were down for 8 s',
    domain('tokens/commit-rotation.ts'),
    "if (now >= end) {\n      hold(services, rotation, write)\n      return 'kept'",
    "if (now >= enough) {\n      return 'kept'",
  ),
  one(
    '503 is taken for "not carried out" (B6)',
    domain('proxy/keyed-call.ts'),
    'const NOT_CARRIED_OUT = [401, 429]',
    'const NOT_CARRIED_OUT = [401, 429, 503]',
  ),
  one(
    'no event (I11): a connection breaks in silence',
    adapter('dynamodb/events/outbox-item.ts'),
    'if (event === undefined) return []',
    "if (event === undefined || event.type === 'connection.broken') return []",
  ),
  {
    name: 'no comparison of the last position (I11): two publishers write the same positions of the log',
    changes: [
      {
        file: adapter('dynamodb/events/event-log.ts'),
        find: 'condition: last === 0 ? ABSENT : isLast(last),',
        replace: '',
      },
      {
        file: adapter('dynamodb/events/event-log.ts'),
        find: '[TTL_ATTRIBUTE]: event.expiresAt },\n          condition: ABSENT,',
        replace: '[TTL_ATTRIBUTE]: event.expiresAt },',
      },
      {
        file: adapter('dynamodb/events/event-log.ts'),
        find: 'delete: keyInOutbox(event), condition: EXISTS',
        replace: 'delete: keyInOutbox(event)',
      },
    ],
  },
  one(
    'no sweep (I11): what the stream did not bring stays in the outbox',
    adapter('dynamodb/events/event-log.ts'),
    'return [...new Set(found.map(',
    'return [...new Set(found.slice(found.length).map(',
  ),
  one(
    'no proof (B9): a 200 to the revocation of an expired token is believed',
    domain('revocation/revocation.ts'),
    "return attempts === 0 ? 'unproven' : proveRevocation(services, app, refreshToken, deadline)",
    'return deadline && answer',
  ),
]
