// The demo product's own login: a signed cookie that names a user. Every visitor is logged in at once, because the demo
// does not show how to sign in. It shows that the user comes from the product's session, never from the request.
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { readPrivateJson, writePrivateJson } from '../private-file.ts'

export interface User {
  readonly id: string
  readonly name: string
}

export const USERS: readonly [User, ...User[]] = [
  { id: 'user-1', name: 'demo user 1' },
  { id: 'user-2', name: 'demo user 2' },
]

const COOKIE = 'tidemark_session'

export class Logins {
  readonly #key: Buffer

  /** @param keyFile keeps the signing key between runs. Without it, logins end with the process. */
  constructor(keyFile?: string) {
    const kept = keyFile === undefined ? undefined : readPrivateJson(keyFile)
    this.#key = typeof kept === 'string' ? Buffer.from(kept, 'base64url') : randomBytes(32)
    if (keyFile !== undefined && kept === undefined)
      writePrivateJson(keyFile, this.#key.toString('base64url'))
  }

  /** Returns the user of this browser. A browser without a session gets one. */
  userOf(request: IncomingMessage, response: ServerResponse): User {
    const cookie = (request.headers.cookie ?? '').split(/;\s*/).find((pair) => pair.startsWith(`${COOKIE}=`))
    const session = Buffer.from(cookie?.slice(COOKIE.length + 1) ?? '')
    const known = USERS.find((user) => sameBytes(session, Buffer.from(this.#sessionOf(user))))
    return known ?? this.logIn(USERS[0].id, response)
  }

  logIn(userId: string, response: ServerResponse): User {
    const user = USERS.find(({ id }) => id === userId) ?? USERS[0]
    // Lax: the browser sends it when ClickFunnels redirects back here, but not with a form of another site.
    const cookie = `${COOKIE}=${this.#sessionOf(user)}; Path=/; HttpOnly; SameSite=Lax`
    response.setHeader('set-cookie', cookie)
    return user
  }

  #sessionOf({ id }: User): string {
    return `${id}.${createHmac('sha256', this.#key).update(id).digest('base64url')}`
  }
}

function sameBytes(one: Buffer, other: Buffer): boolean {
  return one.length === other.length && timingSafeEqual(one, other)
}
