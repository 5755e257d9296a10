// The records of one resource (funnels or contacts): finds, lists, creates and changes them, with the checks and messages of
// a Rails API. The body of a write is wrapped in the resource's name ({"contact":{…}}).
import type { Kept } from '../journal.ts'
import { contact, funnel, type WorkspaceRecord } from './data.ts'
import { isObject } from './http.ts'

export type ResourceName = 'funnel' | 'contact'

export type Written =
  | { readonly kind: 'written'; readonly record: WorkspaceRecord }
  | { readonly kind: 'refused'; readonly status: 400 | 422; readonly error: string }

/** A record as it was last written, or a mark that it was deleted. Unchanged seeded records are not kept. */
export type KeptRecord = WorkspaceRecord | { readonly id: number; readonly gone: true }

const WRITABLE: Readonly<Record<ResourceName, readonly string[]>> = {
  funnel: ['name', 'live_mode'],
  contact: [
    'email_address',
    'first_name',
    'last_name',
    'phone_number',
    'time_zone',
    'fb_url',
    'twitter_url',
    'instagram_url',
    'linkedin_url',
    'website_url',
    'custom_attributes',
  ],
}

export class Resources {
  readonly #name: ResourceName
  readonly #now: () => number
  readonly #kept: Kept<KeptRecord>
  #records: WorkspaceRecord[]

  constructor(name: ResourceName, seeded: WorkspaceRecord[], now: () => number, kept: Kept<KeptRecord>) {
    this.#name = name
    this.#now = now
    this.#kept = kept
    const records = new Map<number, KeptRecord>(
      [...seeded, ...kept.all()].map((record) => [record.id, record]),
    )
    this.#records = [...records.values()].filter((record) => !('gone' in record)) as WorkspaceRecord[]
  }

  of(workspaceId: number): readonly WorkspaceRecord[] {
    return this.#records.filter((record) => record.workspace_id === workspaceId)
  }

  /** Finds a record by its integer id or its public id. Paths accept both. */
  find(workspaceId: number, id: string): WorkspaceRecord | undefined {
    return this.of(workspaceId).find((record) => String(record.id) === id || record.public_id === id)
  }

  create(workspaceId: number, body: Readonly<Record<string, unknown>> | undefined): Written {
    const attributes = this.#attributes(body)
    if (attributes === undefined) return this.#missingWrapper()
    const error = this.#invalid(attributes, true)
    if (error !== undefined) return { kind: 'refused', status: 422, error }
    const id = Math.max(...this.#records.map((record) => record.id)) + 1
    const made =
      this.#name === 'funnel'
        ? {
            ...funnel(id, workspaceId, String(attributes.name), 0),
            live_mode: false,
            tags: [],
            ...attributes,
          }
        : contact(id, workspaceId, attributes, 0)
    const at = new Date(this.#now()).toISOString()
    const record = { ...made, created_at: at, updated_at: at }
    this.#records.push(record)
    this.#kept.put(record.id, record)
    return { kind: 'written', record }
  }

  change(record: WorkspaceRecord, body: Readonly<Record<string, unknown>> | undefined): Written {
    const attributes = this.#attributes(body)
    if (attributes === undefined) return this.#missingWrapper()
    const error = this.#invalid(attributes, false)
    if (error !== undefined) return { kind: 'refused', status: 422, error }
    const changed = { ...record, ...attributes, updated_at: new Date(this.#now()).toISOString() }
    this.#records = this.#records.map((old) => (old.id === record.id ? changed : old))
    this.#kept.put(record.id, changed)
    return { kind: 'written', record: changed }
  }

  remove(record: WorkspaceRecord): void {
    this.#records = this.#records.filter((other) => other.id !== record.id)
    this.#kept.put(record.id, { id: record.id, gone: true })
  }

  // Ignores members that are not writable, as Rails does with parameters that are not permitted.
  #attributes(body: Readonly<Record<string, unknown>> | undefined): Record<string, unknown> | undefined {
    const wrapped = body?.[this.#name]
    if (!isObject(wrapped) || Object.keys(wrapped).length === 0) return undefined
    return Object.fromEntries(
      Object.entries(wrapped).filter(([member]) => WRITABLE[this.#name].includes(member)),
    )
  }

  #missingWrapper(): Written {
    const error = `param is missing or the value is empty: ${this.#name}`
    return { kind: 'refused', status: 400, error }
  }

  #invalid(attributes: Readonly<Record<string, unknown>>, creating: boolean): string | undefined {
    if (this.#name === 'funnel') {
      const blank = typeof attributes.name !== 'string' || attributes.name.trim() === ''
      return blank && (creating || 'name' in attributes) ? "Name can't be blank" : undefined
    }
    const email = attributes.email_address
    if (email === undefined || email === null || email === '') return undefined
    return typeof email === 'string' && /^[^@\s]+@[^@\s.]+(\.[^@\s.]+)+$/.test(email)
      ? undefined
      : 'Email address is invalid'
  }
}
