// ClickFunnels' API for outgoing webhooks. Ids of event types are open strings: published names differ between copies of its
// documents. ClickFunnels takes an empty list for all types, so none is ever sent, and an answer with one is undone.
import { apiBase, type ProviderProfile } from '#domain/provider/profile.ts'
import type {
  CreatedEndpoint,
  ListedEvent,
  NotDone,
  WebhookEndpoints,
  WorkspaceAccess,
} from '#domain/provider/webhook-endpoints.ts'
import { Secret } from '#domain/secret.ts'
import type { OutgoingResponse } from '../outgoing/answer-reader.ts'
import { sendRequest } from '../outgoing/client.ts'
import { OutgoingError } from '../outgoing/error.ts'

const DEADLINE_MILLISECONDS = 8_000
/** A workspace with more endpoints than that many pages has has others to thank for it. */
const MAX_PAGES = 10
const NAME = 'Funnel Connect'
const ENDPOINTS = 'webhooks/outgoing/endpoints'

type Json = Readonly<Record<string, unknown>>
interface Answered {
  readonly outcome: 'answered'
  readonly status: number
  readonly json: unknown
  readonly more: boolean
}

export class ClickFunnelsWebhookEndpoints implements WebhookEndpoints {
  readonly #profile: ProviderProfile

  constructor(profile: ProviderProfile) {
    this.#profile = profile
  }

  async create(
    access: WorkspaceAccess,
    { url, types }: { readonly url: string; readonly types: readonly string[] },
  ): Promise<CreatedEndpoint | NotDone> {
    const first = await this.#create(access, url, types)
    if (first.outcome !== 'answered' || first.status !== 422) return this.#created(access, first)
    // ClickFunnels does not know one of the types. It is asked which it knows.
    const known = await this.#knownTypes(access)
    const left = types.flatMap((type) => known.get(type) ?? [])
    if (left.length === 0) return notDone(first)
    return this.#created(access, await this.#create(access, url, left))
  }

  async find(access: WorkspaceAccess, url: string) {
    const ids: string[] = []
    let after = ''
    for (let page = 0; page < MAX_PAGES; page++) {
      const answer = await this.#send(access, 'GET', inWorkspace(access, `endpoints${after}`))
      if (answer.outcome !== 'answered' || answer.status !== 200) return notDone(answer)
      const endpoints = objects(answer.json)
      ids.push(...endpoints.filter((one) => one.url === url).map(({ id }) => String(id)))
      if (!answer.more || endpoints.length === 0) break
      after = `?after=${encodeURIComponent(String(endpoints.at(-1)?.id))}`
    }
    return { outcome: 'found', ids } as const
  }

  async change(access: WorkspaceAccess, id: string, types: readonly string[]) {
    const answer = await this.#send(
      access,
      'PUT',
      `${ENDPOINTS}/${encodeURIComponent(id)}`,
      bodyOf({ event_type_ids: types }),
    )
    if (answer.outcome === 'answered' && answer.status === 404) return { outcome: 'gone' } as const
    return isSuccess(answer) ? ({ outcome: 'changed' } as const) : notDone(answer)
  }

  async remove(access: WorkspaceAccess, id: string) {
    const answer = await this.#send(access, 'DELETE', `${ENDPOINTS}/${encodeURIComponent(id)}`)
    const gone = answer.outcome === 'answered' && (answer.status === 404 || answer.status === 410)
    return gone || isSuccess(answer) ? ({ outcome: 'removed' } as const) : notDone(answer)
  }

  async events(access: WorkspaceAccess, after: string | undefined) {
    const query = after === undefined ? '' : `?after=${encodeURIComponent(after)}`
    const answer = await this.#send(access, 'GET', inWorkspace(access, `events${query}`))
    if (answer.outcome !== 'answered' || answer.status !== 200) return notDone(answer)
    const events = objects(answer.json).flatMap((event) => listedEvent(event) ?? [])
    return { outcome: 'listed', events, more: answer.more } as const
  }

  async newestEvent(access: WorkspaceAccess): Promise<string | undefined> {
    const answer = await this.#send(access, 'GET', inWorkspace(access, 'events?sort_order=desc'))
    if (answer.outcome !== 'answered' || answer.status !== 200) return undefined
    const ids = objects(answer.json).map(({ id }) => Number(id))
    return ids.length === 0 ? undefined : String(Math.max(...ids))
  }

  #create(access: WorkspaceAccess, url: string, types: readonly string[]) {
    const body = bodyOf({ url, name: NAME, event_type_ids: types })
    return this.#send(access, 'POST', inWorkspace(access, 'endpoints'), body)
  }

  async #created(access: WorkspaceAccess, answer: Answered | NotDone): Promise<CreatedEndpoint | NotDone> {
    if (!isSuccess(answer)) return notDone(answer)
    const { id, webhook_secret: secret, event_type_ids: types } = (objects([answer.json])[0] ?? {}) as Json
    const isAll = Array.isArray(types) && types.length === 0
    const usable = !isAll && typeof secret === 'string' && secret !== ''
    if (usable && id !== undefined) return { outcome: 'created', id: String(id), secret: new Secret(secret) }
    // It would send every event of the workspace, or nothing that can be verified.
    if (id !== undefined) await this.remove(access, String(id))
    return {
      outcome: 'failed',
      detail: isAll ? 'the endpoint has no event types' : 'the answer has no secret',
    }
  }

  /** The ids of event types, by id and by name. */
  async #knownTypes(access: WorkspaceAccess): Promise<ReadonlyMap<string, string>> {
    const answer = await this.#send(access, 'GET', 'webhooks/outgoing/event_types')
    if (answer.outcome !== 'answered' || answer.status !== 200 || !Array.isArray(answer.json))
      return new Map()
    return new Map(
      answer.json.flatMap((type: unknown) => {
        if (typeof type === 'string') return [[type, type]]
        const { id, name } = (objects([type])[0] ?? {}) as Json
        return [id, name].flatMap((key) => (typeof key === 'string' ? [[key, String(id)]] : []))
      }) as [string, string][],
    )
  }

  async #send(
    { connection, workspace, accessToken }: WorkspaceAccess,
    method: string,
    path: string,
    body?: Uint8Array,
  ): Promise<Answered | NotDone> {
    const base = apiBase(this.#profile, workspace, ['webhooks'])
    if (base === undefined || workspace.id === undefined)
      return { outcome: 'failed', detail: 'the workspace is not known' }
    try {
      const answer = await sendRequest({
        connection,
        method,
        url: `${base}/${path}`,
        headers: [
          ['accept', 'application/json'],
          ['authorization', `Bearer ${accessToken.reveal()}`],
          ...(body ? [['content-type', 'application/json'] as const] : []),
        ],
        ...(body && { body }),
        deadlineMilliseconds: DEADLINE_MILLISECONDS,
      })
      const more = answer.headers.some(([name]) => name === 'pagination-next')
      return { outcome: 'answered', status: answer.status, json: parsed(answer), more }
    } catch (error) {
      if (error instanceof OutgoingError) return { outcome: 'failed', detail: error.message }
      throw error
    }
  }
}

const inWorkspace = ({ workspace }: WorkspaceAccess, path: string) =>
  `workspaces/${encodeURIComponent(workspace.id ?? '')}/webhooks/outgoing/${path}`

const bodyOf = (endpoint: object) => Buffer.from(JSON.stringify({ webhooks_outgoing_endpoint: endpoint }))

function isSuccess(answer: Answered | NotDone): answer is Answered {
  return answer.outcome === 'answered' && answer.status >= 200 && answer.status < 300
}

function notDone(answer: Answered | NotDone): NotDone {
  if (answer.outcome !== 'answered') return answer
  const { status } = answer
  const outcome = status === 401 ? 'rejected' : [403, 404, 422].includes(status) ? 'refused' : 'failed'
  return { outcome, detail: `status ${status}` }
}

function parsed({ body }: OutgoingResponse): unknown {
  try {
    return JSON.parse(Buffer.from(body).toString())
  } catch {
    return undefined
  }
}

function objects(json: unknown): readonly Json[] {
  return Array.isArray(json) ? json.filter((one) => typeof one === 'object' && one !== null) : []
}

/**
 * An event of the list, in the form in which it is delivered: there, `uuid` is called `event_id` and `event_type_id` is called
 * `event_type`. Events of version 1 are those of endpoints that people made in the user interface.
 */
function listedEvent({ id, uuid, event_type_id, api_version, ...rest }: Json): ListedEvent | undefined {
  const { public_id, event_id: eventId = uuid, event_type: eventType = event_type_id, ...more } = rest
  if (typeof eventId !== 'string' || typeof eventType !== 'string' || api_version === 1) return undefined
  const body = JSON.stringify({ event_id: eventId, event_type: eventType, ...more, api_version })
  const createdAt = Date.parse(String(rest.created_at)) / 1000
  return { id: String(id), eventId, eventType, body, ...(createdAt > 0 && { createdAt }) }
}
