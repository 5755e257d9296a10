// What ClickFunnels' answers say about an app: whether its credentials are refused, which client secret works, and whether
// ClickFunnels is down for it. It is stored with the app, so that every process knows, and written only when it changes.
import type { Ambient } from '../ambient.ts'
import { type EpochSeconds, later } from '../time.ts'
import type { App, AppHealth, AppTrouble } from './app.ts'
import type { AppStorePorts } from './ports.ts'
import { isBraked, MAX_REFUSALS, refusalsAfter } from './refusals.ts'

/** The message of the log line that an alarm counts. */
export const CREDENTIALS_REFUSED = "ClickFunnels refuses the app's credentials"

/**
 * Who is to blame for an answer of the provider. connection: the connection was refused for the first time. grant: any
 * other refusal of a grant.
 */
export type Blame = 'none' | 'grant' | 'connection' | 'app' | 'provider' | 'ourselves'

type Ports = Pick<Ambient & AppStorePorts, 'now' | 'apps' | 'log'>

/** So many failures of one app in a row, with no success between them, are an outage. */
export const OUTAGE_EVIDENCE = 3
/** Failures further apart than this are unrelated. */
const EVIDENCE_SECONDS = 10 * 60
/** How often a write is tried while other processes write theirs. */
const NOTE_ATTEMPTS = 4
/** How often an outage that goes on is written again. */
const NOTED_SECONDS = 60
/** How often refused credentials are tried again, by one connection for the whole app. */
const CHECK_SECONDS = 60

/** Logged when the brake of refusals.ts begins to hold. An alarm counts it. */
export const MANY_REFUSED = 'ClickFunnels refuses many connections of an app and accepts none; none is ended'

/** The trouble to show to the operator. Too few failures for an outage are not shown. */
export function recognisedTrouble({
  trouble,
  refusals,
}: Pick<App, 'trouble' | 'refusals'>):
  | { readonly kind: AppTrouble['kind'] | 'connections_refused'; readonly since: EpochSeconds }
  | undefined {
  if (trouble?.kind === 'credentials_refused' || (trouble?.times ?? 0) >= OUTAGE_EVIDENCE) return trouble
  if (refusals === undefined || refusals.connections <= MAX_REFUSALS) return undefined
  return { kind: 'connections_refused', since: refusals.since }
}

export function isProviderDown({ trouble }: Pick<App, 'trouble'>, now: EpochSeconds): boolean {
  return (
    trouble?.kind === 'provider_down' &&
    trouble.times >= OUTAGE_EVIDENCE &&
    now <= later(trouble.lastAt, EVIDENCE_SECONDS)
  )
}

/** Whether ClickFunnels refused all of an app's client secrets a moment ago. */
export function areCredentialsRefused({ trouble }: App, now: EpochSeconds): boolean {
  return trouble?.kind === 'credentials_refused' && now < later(trouble.lastAt, CHECK_SECONDS)
}

/** Takes the right to try refused credentials again. Returns the app as it is then, or `undefined` if another process took it. */
export async function claimCheck(
  services: Pick<Ambient & AppStorePorts, 'now' | 'apps'>,
  app: App,
): Promise<App | undefined> {
  if (app.trouble?.kind !== 'credentials_refused') return app
  const trouble = { ...app.trouble, lastAt: services.now() }
  const noted = await services.apps.setHealth(app, { ...healthOf(app), trouble })
  return noted ? { ...app, trouble } : undefined
}

/** While the provider is down, lets one refresh a second and app through for all callers. True while it is not down. */
export async function claimCanary(
  services: Pick<Ambient & AppStorePorts, 'now' | 'apps'>,
  app: App,
): Promise<boolean> {
  const { trouble } = app
  const now = services.now()
  if (trouble === undefined || !isProviderDown(app, now)) return true
  if (trouble.canaryAt !== undefined && now <= trouble.canaryAt) return false
  return services.apps.setHealth(app, { ...healthOf(app), trouble: { ...trouble, canaryAt: now } })
}

/**
 * Stores what an answer showed. Never throws, because the tokens of the answer are stored by now, and they matter more.
 * @param serial the client secret that the answer was given to
 * @returns whether the provider is known to be down for this app
 */
export async function noteAnswer(
  services: Ports,
  app: App,
  blames: Blame,
  serial?: number,
): Promise<boolean> {
  const now = services.now()
  let read: App | undefined = app
  try {
    for (let attempt = 0; read !== undefined && attempt < NOTE_ATTEMPTS; attempt++) {
      if (blames === 'app' && hasNewSecret(read, app)) return isProviderDown(read, now)
      const trouble = troubleAfter(read.trouble, blames, now)
      const refusals = refusalsWith(read.refusals, blames, now)
      const accepted = blames === 'none' || blames === 'grant' || blames === 'connection'
      const workingSecret = accepted && isNews(read, app, serial) ? serial : undefined
      const alert = alertAfter(read, { trouble, refusals })
      const sameHealth =
        trouble === read.trouble && refusals === read.refusals && alert?.reason === read.alert?.reason
      const known = sameHealth && workingSecret === undefined
      const health = { trouble, refusals, alert, ...(workingSecret !== undefined && { workingSecret }) }
      if (known || (await services.apps.setHealth(read, health))) {
        logNews(services, read, health)
        return isProviderDown({ ...(trouble && { trouble }) }, now)
      }
      // Another process stored its answer first. Ours adds to that.
      read = await services.apps.get(app.tenantId, app.id)
    }
  } catch (error) {
    services.log.warn('The health of an app was not noted', { tenant: app.tenantId, app: app.id, error })
  }
  return isProviderDown(app, now)
}

/** What the tenant is told of. A failure, or a refusal among few, does not show that the app works again. */
function alertAfter({ alert }: Pick<App, 'alert'>, { trouble, refusals }: AppHealth): App['alert'] {
  const recognised = recognisedTrouble({ ...(trouble && { trouble }), ...(refusals && { refusals }) })
  if (recognised !== undefined) return { reason: recognised.kind }
  const isOver = trouble === undefined && (refusals === undefined || alert?.reason !== 'connections_refused')
  return isOver ? undefined : alert
}

function healthOf({ trouble, refusals, alert }: App): AppHealth {
  return { trouble, refusals, alert }
}

/** Logs once, when it begins, that the credentials are refused, or many connections. */
function logNews(
  { log, now }: Pick<Ambient, 'log' | 'now'>,
  app: App,
  { trouble, refusals }: AppHealth,
): void {
  const named = { tenant: app.tenantId, app: app.id }
  if (trouble?.kind === 'credentials_refused' && app.trouble?.kind !== trouble.kind) {
    log.error(CREDENTIALS_REFUSED, named)
  }
  if (isBraked({ ...(refusals && { refusals }) }, now()) && !isBraked(app, now())) {
    log.error(MANY_REFUSED, named)
  }
}

/** Whether the request used the secrets from before a new one was added. Its answer says nothing about the new one. */
function hasNewSecret(read: App, asked: App): boolean {
  return read.clientSecrets[0]?.serial !== asked.clientSecrets[0]?.serial
}

/** Whether it is new that this secret works. Of apps from before their first secret was marked as untried, it is in use. */
function isNews(read: App, asked: App, serial: number | undefined): boolean {
  const { clientSecrets, workingSecret, untriedSecret } = read
  if (hasNewSecret(read, asked)) return false
  if (untriedSecret !== undefined) return true
  return serial !== (clientSecrets.length === 1 ? firstSerial(read) : workingSecret)
}

/**
 * What is known of a client secret. in_use: accepted the last time. untried: new, to be presented first. refused:
 * ClickFunnels did not accept it. former: kept beside the one in use.
 */
export type SecretState = 'in_use' | 'untried' | 'refused' | 'former'

export function secretState(app: App, serial: number): SecretState {
  const { clientSecrets, workingSecret, untriedSecret, trouble } = app
  if (trouble?.kind === 'credentials_refused') return 'refused'
  if (serial === untriedSecret) return 'untried'
  if (clientSecrets.length === 1 || serial === workingSecret) return 'in_use'
  return workingSecret !== undefined && serial > workingSecret ? 'refused' : 'former'
}

/** The serial of the client secret to try first. */
export function firstSerial({
  untriedSecret,
  workingSecret,
  clientSecrets,
}: Pick<App, 'untriedSecret' | 'workingSecret' | 'clientSecrets'>): number | undefined {
  return untriedSecret ?? workingSecret ?? clientSecrets[0]?.serial
}

function troubleAfter(
  before: AppTrouble | undefined,
  blames: Blame,
  now: EpochSeconds,
): AppTrouble | undefined {
  switch (blames) {
    case 'none':
      return undefined
    // A refused grant shows that the credentials are accepted. It does not show that the provider is well.
    case 'grant':
    case 'connection':
      return before?.kind === 'credentials_refused' ? undefined : before
    case 'ourselves':
      return before
    case 'app':
      return grown(before, 'credentials_refused', now)
    case 'provider':
      return grown(before, 'provider_down', now)
  }
}

function refusalsWith(before: App['refusals'], blames: Blame, now: EpochSeconds): App['refusals'] {
  if (blames === 'none') return undefined
  return blames === 'connection' ? refusalsAfter(before, now) : before
}

function grown(before: AppTrouble | undefined, kind: AppTrouble['kind'], now: EpochSeconds): AppTrouble {
  const related = before?.kind === kind && now <= later(before.lastAt, EVIDENCE_SECONDS)
  if (!related) return { kind, since: now, lastAt: now, times: 1 }
  // A known outage is not written again for every failure.
  if (before.times === OUTAGE_EVIDENCE && now < later(before.lastAt, NOTED_SECONDS)) return before
  return { ...before, lastAt: now, times: Math.min(before.times + 1, OUTAGE_EVIDENCE) }
}
