// The seeded teams, workspaces, funnels and contacts. They are the same on every start, so that tests can name ids. Records
// are the objects of ClickFunnels' OpenAPI (snake_case, nulls where its examples have nulls).
import { createHash } from 'node:crypto'

export interface Team {
  readonly id: number
  readonly public_id: string
  readonly name: string
  readonly time_zone: string
  readonly locale: string
  readonly created_at: string
  readonly updated_at: string
}

export interface Workspace {
  readonly id: number
  readonly public_id: string
  readonly team_id: number
  readonly name: string
  readonly subdomain: string
  readonly created_at: string
  readonly updated_at: string
}

/** A record of one workspace. The rest of the members depend on the resource. */
export interface WorkspaceRecord {
  readonly id: number
  readonly public_id: string
  readonly workspace_id: number
  readonly created_at: string
  readonly updated_at: string
  readonly [member: string]: unknown
}

const SEEDED_AT = Date.UTC(2025, 3, 21, 14, 47, 44, 299)
const HOUR_MS = 60 * 60 * 1000

export const TEAMS: readonly Team[] = [team(7301, 'Brightwater Media'), team(7455, 'Olive & Oak')]

export const WORKSPACES: readonly Workspace[] = [
  workspace(20417, 7301, 'Brightwater Coaching', 'brightwater-coaching'),
  workspace(20418, 7301, 'Brightwater Events', 'brightwater-events'),
  workspace(31862, 7455, 'Olive & Oak Pottery', 'oliveandoak'),
]

/** Workspaces that have chosen a currency; the third has none, so /me leaves the member out. */
export const CURRENCIES: Readonly<Record<number, string>> = { 20417: 'USD', 20418: 'EUR' }

const TOPICS = (
  'Spring Launch,Summer Intensive,Autumn Retreat,Winter Reset,Morning Routine,Deep Work,Public Speaking,' +
  'First Client,Pricing,Mindset,Leadership,Storytelling,Productivity,Podcasting,Email List,Book,Mastermind,' +
  'Certification,Alumni'
).split(',')
const KINDS = ['Webinar', 'Opt-in', 'Checkout']
const FIRST_NAMES = 'Ada,Bruno,Chidi,Dalia,Elif,Farah,Goran,Hana,Ivo,Jules,Kenji,Lena'.split(',')
const LAST_NAMES = 'Okafor,Silva,Novak,Haddad,Yilmaz,Moreau,Tanaka,Berg'.split(',')

/** Funnels: 57 in the first workspace (three pages), 4 and 3 in the others. */
export function seedFunnels(): WorkspaceRecord[] {
  const names = TOPICS.flatMap((topic) => KINDS.map((kind) => `${topic} ${kind}`))
  return [names, names.slice(0, 4), names.slice(9, 12)].flatMap((list, place) =>
    list.map((name, at) => funnel(118_200 + place * 1000 + at * 7, workspaceAt(place).id, name, at)),
  )
}

/** Contacts: 23 in the first workspace (two pages), 2 in each of the others. */
export function seedContacts(): WorkspaceRecord[] {
  return [23, 2, 2].flatMap((count, place) =>
    Array.from({ length: count }, (_, at) => {
      const id = 904_100 + place * 1000 + at * 3
      const first = FIRST_NAMES[at % FIRST_NAMES.length] as string
      const last = LAST_NAMES[at % LAST_NAMES.length] as string
      const email = `${first}.${last}.${id}@example.com`.toLowerCase()
      return contact(
        id,
        workspaceAt(place).id,
        { email_address: email, first_name: first, last_name: last },
        at,
      )
    }),
  )
}

export function funnel(id: number, workspaceId: number, name: string, at: number): WorkspaceRecord {
  return {
    ...record('funnel', id, workspaceId, seededAt(at)),
    name,
    archived: at % 10 === 9,
    current_path: `/${name.toLowerCase().replace(/[^a-z0-9]+/g, '-')}`,
    live_mode: at % 2 === 0,
    domain_id: null,
    favicon_image_id: null,
    tags:
      at % 5 === 0 ? [{ id: 31, public_id: publicId('tag', 31), name: 'Evergreen', color: '#64a5e7' }] : [],
  }
}

export function contact(
  id: number,
  workspaceId: number,
  attributes: Readonly<Record<string, unknown>>,
  at: number,
): WorkspaceRecord {
  const digest = hash('uuid', id)
  return {
    ...record('contact', id, workspaceId, seededAt(at)),
    anonymous: null,
    email_address: null,
    first_name: null,
    last_name: null,
    phone_number: null,
    time_zone: null,
    uuid: digest.replace(/^(.{8})(.{4}).(.{3}).(.{3})(.{12}).*$/, '$1-$2-4$3-8$4-$5'),
    unsubscribed_at: null,
    last_notification_email_sent_at: null,
    fb_url: null,
    twitter_url: null,
    instagram_url: null,
    linkedin_url: null,
    website_url: null,
    tags: [],
    custom_attributes: {},
    avatar_image: null,
    ...attributes,
  }
}

export function publicId(kind: string, id: number): string {
  const letters = hash(kind, id).slice(0, 12).match(/../g) ?? []
  return letters.map((pair) => String.fromCharCode(65 + (Number.parseInt(pair, 16) % 26))).join('')
}

function record(kind: string, id: number, workspaceId: number, at: string): WorkspaceRecord {
  return {
    id,
    public_id: publicId(kind, id),
    workspace_id: workspaceId,
    created_at: at,
    updated_at: at,
  }
}

function team(id: number, name: string): Team {
  const time = { created_at: seededAt(0), updated_at: seededAt(0) }
  return { id, public_id: publicId('team', id), name, time_zone: 'UTC', locale: 'en', ...time }
}

function workspace(id: number, teamId: number, name: string, subdomain: string): Workspace {
  const time = { created_at: seededAt(1), updated_at: seededAt(1) }
  return { id, public_id: publicId('workspace', id), team_id: teamId, name, subdomain, ...time }
}

function workspaceAt(place: number): Workspace {
  return WORKSPACES[place] as Workspace
}

function seededAt(hours: number): string {
  return new Date(SEEDED_AT + hours * HOUR_MS).toISOString()
}

function hash(kind: string, id: number): string {
  return createHash('sha256').update(`${kind}:${id}`).digest('hex')
}
