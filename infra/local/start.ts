// `npm start`: runs the whole service on this machine, with a simulated ClickFunnels, a demo tenant and a demo page.
// Prints each step as it completes; the last line is "ready <url>". Ends cleanly on SIGINT and SIGTERM.
// `npm run dev` is the same with `--dev`: functions run from their sources (dev.ts).
import { join } from 'node:path'
import { startClickFunnels } from './clickfunnels/simulator.ts'
import { PROJECT_ROOT } from './cloudformation/synthesis.ts'
import { startDemo } from './demo/server.ts'
import { type DemoTenant, provideDemoTenant } from './demo-tenant.ts'
import { loadSources } from './dev.ts'
import { logToFiles } from './lambda/logs.ts'
import { readSettings, type Settings, templateParameters, usesSimulator } from './settings.ts'
import { startStack } from './stack.ts'
import { Steps } from './steps.ts'
import { explainTakenPort, probePorts } from './taken-ports.ts'

const closers: (() => Promise<void>)[] = []
const steps = new Steps()

async function start(settings: Settings): Promise<void> {
  const { ports, provider, dataDir, sources } = settings
  await probePorts(settings)
  const simulator = usesSimulator(provider)
    ? await startClickFunnels({
        port: ports.simulator,
        workspacePort: ports.workspaces,
        ...(dataDir !== undefined && { stateFile: join(dataDir, 'clickfunnels.jsonl') }),
      })
    : undefined
  if (simulator) {
    closers.push(simulator.close)
    steps.say(`ClickFunnels simulator at ${simulator.url}`)
  }
  const logs = join(PROJECT_ROOT, '.local', 'logs', String(ports.api))
  const stack = await startStack({
    port: ports.api,
    ...(dataDir !== undefined && { dataDir }),
    parameters: { ...templateParameters(provider, simulator), SealedExport: settings.sealedExport },
    schedules: true,
    onLog: logToFiles(logs, settings.logToTerminal),
    onStep: steps.say,
    onDenial: ({ function: name, action, resource }) =>
      console.error(`The role of "${name}" does not allow ${action} on ${resource}`),
    sources,
  })
  closers.push(stack.close)
  if (sources) {
    const stopLoading = await loadSources(stack, steps)
    closers.push(async () => stopLoading())
  }
  const simulatorUrl = simulator?.url
  const demo = await startDemo({ port: ports.demo, apiUrl: stack.url, simulatorUrl, dataDir })
  closers.push(demo.close)
  const returnUrl = `${demo.url}/connected`
  const tenant = await provideDemoTenant({ apiUrl: stack.url, simulatorUrl, returnUrl, dataDir })
  demo.signUp(tenant)
  steps.say('demo tenant and demo page')
  console.log(welcome({ tenant, apiUrl: stack.url, demoUrl: demo.url, simulatorUrl, logs }))
  console.log(`ready ${stack.url}`)
  stack.warm()
}

function welcome(parts: {
  readonly tenant: DemoTenant
  readonly apiUrl: string
  readonly demoUrl: string
  readonly simulatorUrl: string | undefined
  readonly logs: string
}): string {
  const { tenant, apiUrl } = parts
  const registration = `
The demo tenant has no ClickFunnels application yet. Register yours (docs/local.md, "With a real ClickFunnels"):
  curl -X POST ${apiUrl}/v1/tenants/${tenant.tenantId}/apps -H 'Content-Type: application/json' \\
    -d '{"name":"My app","client_id":"…","client_secret":"…"}'
Then enter the redirect_uri of the answer at ClickFunnels.
`
  return `
  demo page      ${parts.demoUrl}/
  ClickFunnels   ${parts.simulatorUrl ?? 'not simulated'}
  demo tenant    ${tenant.tenantId}
  API key        ${tenant.apiKey}
  function logs  ${parts.logs} (LOG=1 shows them here)
${parts.simulatorUrl === undefined ? registration : ''}
Open the demo page and press "Connect to ClickFunnels". Or call the API:
  curl -H 'Authorization: Bearer ${tenant.apiKey}' ${apiUrl}/v1/connections
`
}

/** Closes the parts in reverse order, because later parts use earlier ones. */
async function closeAll(): Promise<void> {
  for (const close of closers.splice(0).reverse()) await close()
}

const STOP_LIMIT_MS = 1900
let stopping = false

/** Closes everything and exits. Exits at once on a second signal, or when closing takes too long. */
function stop(): void {
  if (stopping) process.exit(1)
  stopping = true
  setTimeout(() => process.exit(1), STOP_LIMIT_MS).unref()
  void closeAll().then(() => process.exit(0))
}

process.on('SIGINT', stop)
process.on('SIGTERM', stop)

let settings: Settings | undefined
try {
  settings = readSettings(process.env, process.argv.slice(2))
  await start(settings)
} catch (error) {
  // After a signal, parts fail to start because they are being closed. That is no error to print.
  if (!stopping) {
    const known = settings && explainTakenPort(error, settings)
    console.error(`\n${known ?? (error instanceof Error ? error.message : error)}`)
    if (process.env.LOG && error instanceof Error) console.error(error.stack)
    await closeAll()
    process.exit(1)
  }
}
