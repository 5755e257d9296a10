// What is simulated: which connections there are, and what happens to their provider.

export interface Scene {
  readonly connections: number
  readonly hours: number
  readonly apps: number
  /** How unevenly the connections are spread: 1 is evenly, more gives most of them to a few apps. */
  readonly skew: number
  /** Seconds for which tokens live. One that is listed twice is twice as frequent. */
  readonly lifetimes: readonly number[]
  /** Average time that the token endpoint takes, in milliseconds. */
  readonly upstreamMs: number
  /** Share of connections whose tokens do not expire. */
  readonly nonExpiring: number
  /** Share of connections that ClickFunnels has ended. */
  readonly dead: number
  /** In hours from the beginning. */
  readonly outage?: { readonly from: number; readonly until: number }
  /** With lazy refresh: share of the connections that are in use all the time. The others are not used at all. */
  readonly used?: number
  /** How many of the connections are of the first app and expired at the beginning. */
  readonly overdue?: number
}

const TWO_HOURS = { lifetimes: [7200], nonExpiring: 0, dead: 0, skew: 3 }

export const SCENES: Readonly<Record<string, Scene>> = {
  /** A mixed fleet, with an hour of outage. */
  outage: {
    connections: 1_000_000,
    hours: 4,
    apps: 400,
    skew: 3,
    lifetimes: [3600, ...Array(7).fill(7200), 86_400, 86_400],
    upstreamMs: 180,
    nonExpiring: 0.1,
    dead: 0.01,
    outage: { from: 1.5, until: 2.5 },
  },
  /** The same outage, all tokens living two hours. */
  'two-hours': {
    ...TWO_HOURS,
    connections: 1_000_000,
    hours: 4,
    apps: 400,
    upstreamMs: 180,
    outage: { from: 1.5, until: 2.5 },
  },
  /** One large app of a slow provider. */
  'one-app': { ...TWO_HOURS, connections: 600_000, hours: 4, apps: 1, upstreamMs: 450 },
  /** One tenant comes back with everything expired. */
  backlog: { ...TWO_HOURS, connections: 500_000, hours: 2, apps: 200, upstreamMs: 180, overdue: 300_000 },
  /** Ten million connections, nothing else. */
  steady: { ...TWO_HOURS, connections: 10_000_000, hours: 3, apps: 4000, upstreamMs: 180 },
}
