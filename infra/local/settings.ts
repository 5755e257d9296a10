// The settings of `npm start`: the environment variables of docs/local.md, their defaults and checks.
// The options of `npm run dev` are here, too.
import { webUrl } from '#domain/tenants/web-url.ts'
import { WORKSPACES } from './clickfunnels/data.ts'
import type { SourceOptions } from './lambda/host.ts'

export interface Settings {
  readonly ports: Ports
  readonly dataDir: string | undefined
  readonly provider: ProviderSettings
  /** The template's parameter of the same name: "off", "on" or the thumbprint of a key. */
  readonly sealedExport: string
  /** Whether functions' output goes to the terminal as well as to the log files. */
  readonly logToTerminal: boolean
  /** Run functions from their sources and reload them after each change. */
  readonly sources: SourceOptions | undefined
}

export interface Ports {
  readonly api: number
  readonly simulator: number
  readonly demo: number
  /** Of the simulator's first workspace; the others follow. */
  readonly workspaces: number
}

export interface ProviderSettings {
  readonly profile: Profile
  /** When empty, the simulator stands in for ClickFunnels (profile "custom" only). */
  readonly accountsUrl: string
  readonly apiUrl: string
  readonly workspaceHosts: string
}

const PROFILES = ['clickfunnels', 'seed', 'custom'] as const
type Profile = (typeof PROFILES)[number]

const DEFAULT_PORT = 4600
const DEFAULT_INSPECT_PORT = 9229
const INSPECT = /^--inspect(?:=(\d{1,5}))?$/
/** The simulator, the demo page and the simulator's workspaces take the ports after the API's. */
const HIGHEST_PORT = 65_535 - 2 - WORKSPACES.length

/** @param options the command's options: "--dev", "--inspect", "--inspect=9300" */
export function readSettings(
  variables: Readonly<Record<string, string | undefined>>,
  options: readonly string[] = [],
): Settings {
  const port = readPort(variables.PORT)
  return {
    // Port 0 means any free port, for all of them.
    ports: { api: port, simulator: port && port + 1, demo: port && port + 2, workspaces: port && port + 3 },
    dataDir: variables.DATA_DIR || undefined,
    provider: {
      profile: readProfile(variables.CLICKFUNNELS_PROFILE || 'custom'),
      accountsUrl: readUrl('CLICKFUNNELS_ACCOUNTS_URL', variables.CLICKFUNNELS_ACCOUNTS_URL),
      apiUrl: readUrl('CLICKFUNNELS_API_URL', variables.CLICKFUNNELS_API_URL),
      workspaceHosts: variables.CLICKFUNNELS_WORKSPACE_HOSTS ?? '',
    },
    sealedExport: readSealedExport(variables.SEALED_EXPORT || 'off'),
    logToTerminal: Boolean(variables.LOG),
    sources: readSources(options),
  }
}

/** Whether the simulator stands in for ClickFunnels. */
export function usesSimulator({ profile, accountsUrl }: ProviderSettings): boolean {
  return profile === 'custom' && accountsUrl === ''
}

/** The template's parameters for a provider. @param simulator the running simulator, if one is used */
export function templateParameters(
  { profile, accountsUrl, apiUrl, workspaceHosts }: ProviderSettings,
  simulator: { readonly url: string; readonly workspaceHosts: readonly string[] } | undefined,
): Record<string, string> {
  const givenHost = accountsUrl === '' ? '' : new URL(accountsUrl).host
  return {
    ClickFunnelsProfile: profile,
    ClickFunnelsAccountsUrl: simulator?.url ?? accountsUrl,
    ClickFunnelsApiUrl: apiUrl,
    ClickFunnelsWorkspaceHosts: workspaceHosts || (simulator?.workspaceHosts.join(',') ?? givenHost),
  }
}

function readPort(value: string | undefined): number {
  if (!value) return DEFAULT_PORT
  const port = Number(value)
  if (Number.isInteger(port) && port >= 0 && port <= HIGHEST_PORT) return port
  throw new Error(`PORT must be a number from 0 to ${HIGHEST_PORT}, not "${value}"`)
}

function readSources(options: readonly string[]): SourceOptions | undefined {
  const unknown = options.find((option) => option !== '--dev' && !INSPECT.test(option))
  if (unknown !== undefined) {
    throw new Error(`There is no option "${unknown}". npm run dev has --inspect and --inspect=<port>.`)
  }
  const inspect = options.map((option) => INSPECT.exec(option)).find((match) => match !== null)
  if (options.includes('--dev')) {
    return inspect ? { inspectPort: Number(inspect[1] ?? DEFAULT_INSPECT_PORT) } : {}
  }
  if (!inspect) return undefined
  throw new Error('npm start runs bundles. To debug the sources: npm run dev -- --inspect')
}

function readProfile(value: string): Profile {
  const profile = PROFILES.find((known) => known === value)
  if (profile) return profile
  throw new Error(`CLICKFUNNELS_PROFILE must be one of ${PROFILES.join(', ')}, not "${value}"`)
}

function readSealedExport(value: string): string {
  if (/^(off|on|[\w-]{43})$/.test(value)) return value
  throw new Error(`SEALED_EXPORT must be off, on or the thumbprint of a key, not "${value}"`)
}

function readUrl(name: string, value: string | undefined): string {
  if (!value) return ''
  // An API URL may contain {subdomain}, which is no valid URL until it is filled in.
  if (webUrl(value.replaceAll('{subdomain}', 'subdomain')) !== undefined) return value
  throw new Error(`${name} must be an https URL (http on loopback only), not "${value}"`)
}
