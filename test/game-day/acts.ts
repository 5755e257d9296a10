// What scenes of the game day are made of: tenants with connections, and what can be broken.
import type { TestTenant } from '../support/stack.ts'
import { makeAllDue } from '../support/table.ts'
import type { Stage } from './stage.ts'

export interface Scene {
  readonly title: string
  /** The alarms that have to rise. Every other one that rises is a false alarm. */
  readonly rising: readonly string[]
  act(stage: Stage): Promise<void>
}

export const times = async (count: number, act: (index: number) => Promise<unknown>) => {
  for (let index = 0; index < count; index++) await act(index)
}
export const pause = (milliseconds: number) =>
  new Promise<void>((resolve) => setTimeout(resolve, milliseconds))
export const seconds = () => Math.floor(Date.now() / 1000)
export const justNow = (stage: Stage) => makeAllDue(stage, seconds() - 30)

/** A tenant whose end users are connected. @returns a call for each of them */
export async function connected(stage: Stage, count = 1, options: { readonly lifetime?: number } = {}) {
  const tenant = await stage.createTenant({ tokens: 'rotating', ...options })
  const ids: string[] = []
  await times(count, async (index) => {
    ids.push((await stage.connect(tenant, { endUser: `user-${index}` })).json.id)
  })
  const calls = ids.map((id) => () => stage.api(`/v1/connections/${id}/funnels`, { key: tenant.apiKey }))
  return { tenant, ids, calls }
}

export const fault = (stage: Stage, path: string, kind: object) =>
  stage.control('POST', 'faults', { path, seconds: 300, fault: kind })

/** Fails what reaches the table from now on. New processes remember nothing, so all that they do needs it. */
export function failStore(stage: Stage, ...functions: readonly string[]): void {
  stage.store.failing = () => true
  for (const name of functions) stage.recycle(name)
}

export const sessionOf = ({ apiKey, returnUrl }: TestTenant) => ({
  method: 'POST',
  key: apiKey,
  body: { end_user: { id: 'one more' }, return_url: returnUrl },
})
