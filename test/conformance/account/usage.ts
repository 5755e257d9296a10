// Uses a deployed service: the README's journey, then everything that an operator does to the tenant and connection of a
// second journey, and the schedules in between.
import { readFileSync } from 'node:fs'
import { PROJECT_ROOT } from '../../../infra/local/cloudformation/synthesis.ts'
import { readmeJourney } from './guide.ts'
import type { DeployedService } from './service.ts'
import type { Setting } from './setting.ts'
import type { Shell } from './shell.ts'

const OPERATOR = new URL('./operator.sh', import.meta.url)
/** Where the journey begins to disconnect. */
const LAST_STEP = '# 7.'

/** @throws Error when a command fails, an answer is not as the README says, or a role does not allow a call */
export async function useService(shell: Shell, service: DeployedService, setting: Setting): Promise<void> {
  const journey = readmeJourney(setting.apiUrl, setting.simulator.url)
  const [untilConnected = '', disconnect] = journey.split(LAST_STEP)
  if (disconnect === undefined) throw new Error(`The README's journey has no step "${LAST_STEP}"`)
  const output = await shell.run(journey)
  for (const expected of ['200 OK', '{"count":1}', '"refresh_token":1', '204', '"state":"revoked"']) {
    if (!output.includes(expected))
      throw new Error(`The README's journey does not print ${expected}:\n${output}`)
  }
  await shell.run(untilConnected)
  await service.runSchedules()
  await shell.run(`PROJECT='${PROJECT_ROOT}'\n${readFileSync(OPERATOR, 'utf8')}`)
  await service.runSchedules()
  refuseDenials(service)
}

export function refuseDenials({ denials }: DeployedService): void {
  const lines = denials.map(
    (denial) =>
      `${denial.function} may not call ${denial.action} of ${denial.resource} with ${JSON.stringify(denial.context)}`,
  )
  if (lines.length > 0)
    throw new Error(
      `The deployed roles do not allow what the functions do:\n${[...new Set(lines)].join('\n')}`,
    )
}
