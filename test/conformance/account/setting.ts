// An account, a gateway and a simulated ClickFunnels, for one part of the run.
import { join } from 'node:path'
import { openBridge } from '../../../infra/local/api-gateway/bridge.ts'
import { type Simulator, startClickFunnels } from '../../../infra/local/clickfunnels/simulator.ts'
import { PROJECT_ROOT } from '../../../infra/local/cloudformation/synthesis.ts'
import type { PartContext } from '../part.ts'
import { type Account, startAccount } from './account.ts'
import type { Deployed } from './deployed.ts'
import { type DeployedService, serveDeployed } from './service.ts'

export interface Setting {
  readonly apiUrl: string
  readonly simulator: Simulator
  readonly account: Account
  /** The environment of the CDK's and AWS's command lines. @param app the folder of a synthesis */
  environment(app: string): Record<string, string | undefined>
  /** Runs what is deployed now, in place of what was deployed before. */
  serve(): Promise<{ readonly deployed: Deployed; readonly service: DeployedService }>
}

/** Runs `use` in a setting. What fails is explained with the last lines of the functions' and of moto's logs. */
export async function inSetting<T>(
  { python, directory }: PartContext,
  use: (setting: Setting) => Promise<T>,
): Promise<T> {
  const bridge = await openBridge(0)
  const simulator = await startClickFunnels({ port: 0 })
  const account = await startAccount(python, bridge.url)
  let service: DeployedService | undefined
  let logs = ''
  let served = 0
  const stop = async () => {
    logs += service?.log() ?? ''
    await service?.close()
  }
  const setting: Setting = {
    apiUrl: bridge.url,
    simulator,
    account,
    environment: (app) => ({
      HOME: process.env.HOME,
      TMPDIR: process.env.TMPDIR,
      PATH: [join(PROJECT_ROOT, 'node_modules', '.bin'), python.bin, process.env.PATH].join(':'),
      PYTHONPYCACHEPREFIX: join(python.bin, '..', 'compiled'),
      ...account.environment,
      CDK_APP: app,
      CDK_REQUIRE_APPROVAL: 'never',
      CDK_NOTICES: 'false',
      CDK_DISABLE_CLI_TELEMETRY: '1',
    }),
    serve: async () => {
      await stop()
      const deployed = await account.read(join(directory, `functions-${++served}`))
      service = await serveDeployed(account, deployed, bridge)
      return { deployed, service }
    },
  }
  try {
    return await use(setting)
  } catch (error) {
    await stop()
    const { message } = error as Error
    throw new Error(
      `${message}\n\nThe functions' log ends with:\n${logs.slice(-3000)}\n\nmoto's log ends with:\n${account.log().slice(-3000)}`,
    )
  } finally {
    await service?.close()
    await account.close()
    await simulator.close()
    await bridge.close()
  }
}
