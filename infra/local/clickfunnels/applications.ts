// The platform applications that are registered with the simulator, and how a client authenticates. As in Doorkeeper, the
// credentials are in Basic or in the body, never in both (RFC 6749 section 2.3), and Basic is not percent-decoded.
import type { Kept } from '../journal.ts'
import { type SimulatorRequest, text } from './http.ts'
import { opaqueToken, type TokenMode } from './tokens.ts'

export interface Application {
  readonly client_id: string
  /** All of them are accepted. While a secret is rotated, an application has two. */
  readonly client_secrets: readonly string[]
  readonly name: string
  /** A PNG or JPEG as a data URL, for the login and the consent. Absent: its initials. */
  readonly logo?: string
  readonly redirect_uris: readonly string[]
  readonly tokens: TokenMode
  /** Seconds. The value of `expires_in`; in the modes with refresh, tokens also expire after it. */
  readonly lifetime: number
  /** Whether the token response has the extra members about the workspace. */
  readonly extras: boolean
  /** `false` as in Doorkeeper 5.5.0: /oauth/revoke answers 200 but does nothing once the access token has expired. */
  readonly revokes_expired: boolean
}

export type ApplicationChanges = Partial<Omit<Application, 'client_id'>>

export class Applications {
  readonly #kept: Kept<Application>
  readonly #byClientId: Map<string, Application>

  constructor(kept: Kept<Application>) {
    this.#kept = kept
    this.#byClientId = new Map(kept.all().map((application) => [application.client_id, application]))
  }

  register(clientId: string | undefined, values: ApplicationChanges): Application {
    const application: Application = {
      client_id: clientId ?? opaqueToken(),
      client_secrets: [opaqueToken()],
      name: 'Example SaaS',
      redirect_uris: [],
      tokens: 'non_expiring',
      lifetime: 7200,
      extras: true,
      revokes_expired: true,
      ...values,
    }
    return this.#set(application)
  }

  change(clientId: string, changes: ApplicationChanges): Application | undefined {
    const application = this.find(clientId)
    if (application === undefined) return undefined
    return this.#set({ ...application, ...changes })
  }

  find(clientId: string): Application | undefined {
    return this.#byClientId.get(clientId)
  }

  #set(application: Application): Application {
    this.#byClientId.set(application.client_id, application)
    this.#kept.put(application.client_id, application)
    return application
  }
}

export type ClientAuthentication =
  | { readonly kind: 'authenticated'; readonly application: Application }
  | { readonly kind: 'absent' }
  | { readonly kind: 'failed' }
  | { readonly kind: 'multiple' }

/**
 * Authenticates the client of a token or revocation request.
 * @see https://www.rfc-editor.org/rfc/rfc6749#section-2.3.1
 */
export function authenticateClient(
  applications: Applications,
  request: SimulatorRequest,
  parameters: Readonly<Record<string, unknown>>,
): ClientAuthentication {
  const found = [basicCredentials(request), bodyCredentials(parameters)].filter((c) => c !== undefined)
  const [first] = found
  if (first === undefined) return { kind: 'absent' }
  // A bare client_id beside Basic is allowed, but it must name the same client.
  const secrets = found.filter((credentials) => credentials.secret !== undefined).length
  if (secrets > 1 || found.some((credentials) => credentials.clientId !== first.clientId)) {
    return { kind: 'multiple' }
  }
  const application = applications.find(first.clientId)
  if (application === undefined || first.secret === undefined) return { kind: 'failed' }
  return application.client_secrets.includes(first.secret)
    ? { kind: 'authenticated', application }
    : { kind: 'failed' }
}

interface Credentials {
  readonly clientId: string
  readonly secret: string | undefined
}

function basicCredentials(request: SimulatorRequest): Credentials | undefined {
  const encoded = /^Basic (.*)$/i.exec(request.headers.authorization ?? '')?.[1]
  if (encoded === undefined) return undefined
  // Doorkeeper has never form-decoded the two halves. A client that encodes them as RFC 6749 demands (oauth4webapi turns
  // "-" and "_" into %2D and %5F) fails with most generated secrets, in Doorkeeper and here.
  const decoded = Buffer.from(encoded, 'base64').toString('utf8')
  const colon = decoded.indexOf(':')
  const clientId = colon === -1 ? decoded : decoded.slice(0, colon)
  if (clientId === '') return undefined
  return { clientId, secret: colon === -1 ? undefined : decoded.slice(colon + 1) || undefined }
}

function bodyCredentials(parameters: Readonly<Record<string, unknown>>): Credentials | undefined {
  const clientId = text(parameters, 'client_id')
  return clientId === undefined ? undefined : { clientId, secret: text(parameters, 'client_secret') }
}
