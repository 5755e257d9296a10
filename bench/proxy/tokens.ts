// The access tokens of the benchmark's two connections.

export const QUIET_TOKEN = 'a-sealed-token-of-exactly-forty-three-chars'
/** The benchmark's ClickFunnels answers it 429 each time. */
export const STORMY_TOKEN = 'a-stormy-token-of-exactly-forty-three-chars'
