// What the provider's answers say about an app: whether its credentials are refused, which client secret works, whether
// the provider is down for it. Kept with the app, so that every process knows; written only when it changes.
import type { Ambient } from '../ambient.ts'
import { type EpochSeconds, later } from '../time.ts'
import type { App, AppTrouble } from './app.ts'
import type { AppStorePorts } from './ports.ts'

/** Whose trouble an answer of the provider's is. */
export type Blame = 'none' | 'grant' | 'app' | 'provider' | 'ourselves'

type Ports = Pick<Ambient & AppStorePorts, 'now' | 'apps' | 'log'>

/** So many failures of one app in a row, with no success between them, are an outage. */
export const OUTAGE_EVIDENCE = 3
/** Failures farther apart have nothing to do with each other. */
const EVIDENCE_SECONDS = 10 * 60
/** How often a note is tried while others note theirs. */
const NOTE_ATTEMPTS = 4
/** How long a note of an outage needs no other. */
const NOTED_SECONDS = 60
/** An app whose credentials are refused is tried again this often, by one connection for all. */
const CHECK_SECONDS = 60

/** What the operator is told of an app: trouble that has been recognised. */
export function recognisedTrouble({ trouble }: Pick<App, 'trouble'>): AppTrouble | undefined {
  return trouble?.kind === 'provider_down' && trouble.times < OUTAGE_EVIDENCE ? undefined : trouble
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

/** Takes the right to try refused credentials again: the app as it is then, or nothing when another took it. */
export async function claimCheck(
  services: Pick<Ambient & AppStorePorts, 'now' | 'apps'>,
  app: App,
): Promise<App | undefined> {
  if (app.trouble?.kind !== 'credentials_refused') return app
  const trouble = { ...app.trouble, lastAt: services.now() }
  return (await services.apps.setHealth(app, { trouble })) ? { ...app, trouble } : undefined
}

/**
 * Notes what an answer showed. Never throws: the tokens are what counts, and they are stored by now.
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
      const trouble = troubleAfter(read.trouble, blames, now)
      const accepted = blames === 'none' || blames === 'grant'
      const workingSecret = accepted && isNews(read, app, serial) ? serial : undefined
      const known = trouble === read.trouble && workingSecret === undefined
      const health = { trouble, ...(workingSecret !== undefined && { workingSecret }) }
      if (known || (await services.apps.setHealth(read, health))) {
        tell(services, read, trouble)
        return isProviderDown({ ...(trouble && { trouble }) }, now)
      }
      // Another noted its answer first: ours adds to that.
      read = await services.apps.get(app.tenantId, app.id)
    }
  } catch (error) {
    services.log.warn('The health of an app was not noted', { app: app.id, error })
  }
  return isProviderDown(app, now)
}

/** Refused credentials are the operator's to mend: said once, when it begins. */
function tell({ log }: Pick<Ambient, 'log'>, app: App, trouble: AppTrouble | undefined): void {
  if (trouble?.kind !== 'credentials_refused' || app.trouble?.kind === trouble.kind) return
  log.error("ClickFunnels refuses the app's credentials", { tenant: app.tenantId, app: app.id })
}

/** Whether it was not known that this secret works. While there is one secret only, nobody needs to know. */
function isNews(read: App, asked: App, serial: number | undefined): boolean {
  const { clientSecrets, workingSecret, untriedSecret } = read
  // Asked with the secrets of before a rotation: that says nothing about the new one.
  if (clientSecrets[0]?.serial !== asked.clientSecrets[0]?.serial) return false
  if (clientSecrets.length === 1) return serial !== firstSerial(read)
  return serial !== workingSecret || untriedSecret !== undefined
}

/**
 * What is known of a client secret. in_use: accepted the last time. untried: new, presented first from now on. refused:
 * ClickFunnels did not accept it. former: kept beside the one in use.
 */
export type SecretState = 'in_use' | 'untried' | 'refused' | 'former'

export function secretState(app: App, serial: number): SecretState {
  const { clientSecrets, workingSecret, untriedSecret, trouble } = app
  if (trouble?.kind === 'credentials_refused') return 'refused'
  if (clientSecrets.length === 1 || serial === workingSecret) return 'in_use'
  if (serial === untriedSecret) return 'untried'
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
    case 'grant':
      return undefined
    case 'ourselves':
      return before
    case 'app':
      return grown(before, 'credentials_refused', now)
    case 'provider':
      return grown(before, 'provider_down', now)
  }
}

function grown(before: AppTrouble | undefined, kind: AppTrouble['kind'], now: EpochSeconds): AppTrouble {
  const related = before?.kind === kind && now <= later(before.lastAt, EVIDENCE_SECONDS)
  if (!related) return { kind, since: now, lastAt: now, times: 1 }
  // Known already: not written anew for every failure of an outage.
  if (before.times === OUTAGE_EVIDENCE && now < later(before.lastAt, NOTED_SECONDS)) return before
  return { ...before, lastAt: now, times: Math.min(before.times + 1, OUTAGE_EVIDENCE) }
}
