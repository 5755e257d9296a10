// The exports of the package.
export type { Connection, ConnectionUpdate, ConnectSession, Funnel, TimelineEntry } from './api.ts'
export { type ConnectionFilter, FunnelConnect } from './client.ts'
export type { ErrorCode } from './error-codes.ts'
export { type Page, Paged } from './paged.ts'
export { Problem, type ProblemCode } from './problem.ts'
export { type FinishOptions, finishPopup } from './return.ts'
export type {
  CompleteBody,
  CompleteOptions,
  ConnectOptions,
  ConnectOutcome,
  SessionRequest,
  StartedSession,
} from './sessions.ts'
export type { Options, TokenProvider } from './transport.ts'
