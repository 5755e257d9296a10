// The face of the package.
export type { Connection, ConnectSession, ConnectSessionRequest, EndUser, ErrorCode } from './api.ts'
export { type ConnectionFilter, type Funnel, FunnelConnect } from './client.ts'
export type { ConnectOptions, ConnectOutcome } from './connect.ts'
export { type Page, Paged } from './paged.ts'
export { Problem, type ProblemCode } from './problem.ts'
export { type FinishOptions, finishPopup } from './return.ts'
export type { Options, TokenProvider } from './transport.ts'
