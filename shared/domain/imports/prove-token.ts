// Proves a token before it counts. Only the access token is presented. A refresh token would be rotated by that, and the other
// system may still be using it.
import { requesterOf } from '../callers/caller.ts'
import { ServiceError } from '../errors.ts'
import type { WorkspaceId } from '../ids.ts'
import { apiBase } from '../provider/profile.ts'
import { IDENTIFY_SECONDS, type TokenIdentity } from '../provider/token-identity.ts'
import type { Workspace } from '../provider/workspace.ts'
import type { Secret } from '../secret.ts'
import { later } from '../time.ts'
import type { ImportRun } from './import.ts'
import type { ImportPace } from './import-pace.ts'
import type { ImportPorts } from './ports.ts'

export type KnownWorkspace = Workspace & { readonly id: WorkspaceId }

export type Proof =
  | { readonly outcome: 'alive'; readonly workspace: KnownWorkspace }
  | { readonly outcome: 'dead' }
  | { readonly outcome: 'unclear' | 'refused'; readonly detail: string }

/** What is kept for storing the result of the last question. */
const STORE_SECONDS = 5
/** One 401 may be a mistake of the provider. */
const REFUSALS = 2

/** Asks ClickFunnels about a token, as often as it takes and as the time allows. */
export async function proveToken(
  services: ImportPorts,
  run: ImportRun,
  pace: ImportPace,
  accessToken: Secret,
): Promise<Proof> {
  const last = later(run.deadline.end, -(IDENTIFY_SECONDS + STORE_SECONDS))
  for (let refusals = 0; await pace.pass(last); ) {
    const identity = await ask(services, run, accessToken)
    switch (identity.outcome) {
      case 'limited':
        pace.slow(identity.retryAfterSeconds)
        break
      case 'rejected':
        refusals += 1
        if (refusals === REFUSALS) return { outcome: 'dead' }
        break
      case 'unclear':
        return {
          outcome: 'unclear',
          detail: `ClickFunnels gave no clear answer (${identity.detail}). Nothing was stored. Send the item again.`,
        }
      case 'alive':
        return usable(services, identity.workspace)
    }
  }
  return {
    outcome: 'unclear',
    detail: 'The time of the request was over before ClickFunnels gave a clear answer. Send the item again.',
  }
}

/** Each question counts as one of the tenant's requests to ClickFunnels. */
async function ask(services: ImportPorts, { caller }: ImportRun, token: Secret): Promise<TokenIdentity> {
  try {
    const identify = () => services.identifyToken(token)
    return await services.rateLimiter.withinRate(requesterOf(caller), identify)
  } catch (error) {
    if (!(error instanceof ServiceError) || error.code !== 'tenant_limit_exceeded') throw error
    const { retryAfterSeconds } = error
    return { outcome: 'limited', ...(retryAfterSeconds !== undefined && { retryAfterSeconds }) }
  }
}

function usable({ provider }: ImportPorts, workspace: Workspace): Proof {
  const { id } = workspace
  if (id === undefined)
    return {
      outcome: 'refused',
      detail:
        'ClickFunnels accepts the access token, but does not say which workspace it is for. Let the end user connect.',
    }
  if (apiBase(provider, workspace, ['funnels']) === undefined)
    return {
      outcome: 'refused',
      detail: 'ClickFunnels named a host for the workspace that this service may not call.',
    }
  return { outcome: 'alive', workspace: { ...workspace, id } }
}
