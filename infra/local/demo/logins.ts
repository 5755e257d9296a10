// The demo product's own login: a cookie that leads to a user. Everybody is logged in at once, because signing in is not
// what this page shows; that the user comes from the product's session, and never from the request, is.
import { randomBytes } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { EndUser } from './funnel-connect.ts'

export const USERS: readonly [EndUser, ...EndUser[]] = [
  { id: 'user-1', displayName: 'demo user 1' },
  { id: 'user-2', displayName: 'demo user 2' },
]

const COOKIE = 'tidemark_session'

export class Logins {
  readonly #sessions = new Map<string, EndUser>()

  /** The user of this browser; a browser without a session gets one. */
  userOf(request: IncomingMessage, response: ServerResponse): EndUser {
    const cookie = (request.headers.cookie ?? '').split(/;\s*/).find((pair) => pair.startsWith(`${COOKIE}=`))
    const known = this.#sessions.get(cookie?.slice(COOKIE.length + 1) ?? '')
    return known ?? this.logIn(USERS[0].id, response)
  }

  logIn(userId: string, response: ServerResponse): EndUser {
    const user = USERS.find(({ id }) => id === userId) ?? USERS[0]
    const session = randomBytes(24).toString('base64url')
    this.#sessions.set(session, user)
    // Lax: the browser sends it when ClickFunnels leads back here, and not with a form of somebody else's page.
    response.setHeader('set-cookie', `${COOKIE}=${session}; Path=/; HttpOnly; SameSite=Lax`)
    return user
  }
}
