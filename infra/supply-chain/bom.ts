// The bill of materials (CycloneDX) of what a deployment contains: npm makes it from the lockfile, without network.
//
// `npm sbom --omit dev` cannot be used: it leaves out every package that a development dependency needs too, such as
// @smithy/core. So npm lists all packages here, and those that the lockfile marks as "dev" are dropped afterwards.
import { execFileSync } from 'node:child_process'
import { idOf, PROJECT, productionPackages } from './lockfile.ts'

export interface Component {
  readonly 'bom-ref': string
  readonly name: string
  readonly version: string
  readonly purl: string
  readonly hashes?: readonly { readonly alg: string; readonly content: string }[]
  readonly licenses?: readonly unknown[]
}

export interface BillOfMaterials {
  readonly bomFormat: 'CycloneDX'
  readonly specVersion: string
  readonly metadata: { readonly component: Component }
  readonly components: readonly Component[]
  readonly dependencies: readonly { readonly ref: string; readonly dependsOn: readonly string[] }[]
}

/** Returns the bill of materials of the packages that a production install brings along. */
export function billOfMaterials(): BillOfMaterials {
  // With NODE_ENV=production, npm would omit "dev" by itself.
  const args = [
    'sbom',
    '--sbom-format=cyclonedx',
    '--sbom-type=application',
    '--package-lock-only',
    '--include=dev',
  ]
  const all = JSON.parse(
    execFileSync('npm', args, { cwd: PROJECT, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 }),
  ) as BillOfMaterials
  const { component } = all.metadata
  const kept = new Set([component['bom-ref'], ...productionPackages().map(idOf)])
  return {
    ...all,
    // npm takes the name from the folder, which differs between clones.
    metadata: { ...all.metadata, component: { ...component, name: 'funnel-connect' } },
    components: all.components.filter((one) => kept.has(one['bom-ref'])),
    dependencies: all.dependencies
      .filter(({ ref }) => kept.has(ref))
      .map(({ ref, dependsOn }) => ({ ref, dependsOn: dependsOn.filter((other) => kept.has(other)) })),
  }
}

/** Compares a bill of materials with the lockfile. Returns one sentence for each difference. */
export function differencesFromLockfile({ components }: BillOfMaterials): string[] {
  const locked = new Map(productionPackages().map((one) => [idOf(one), one]))
  const listed = new Map(components.map((one) => [idOf(one), one]))
  const missing = [...locked.keys()].filter((id) => !listed.has(id)).map((id) => `${id} is not listed`)
  const foreign = [...listed.keys()]
    .filter((id) => !locked.has(id))
    .map((id) => `${id} is not in the lockfile`)
  const changed = [...locked]
    .filter(([id, { integrity }]) => listed.has(id) && sha512Of(listed.get(id)) !== integrity)
    .map(([id]) => `${id} has another hash than in the lockfile`)
  return [...missing, ...foreign, ...changed]
}

/** The component's hash in the form of the lockfile. */
function sha512Of(component: Component | undefined): string {
  const hash = component?.hashes?.find(({ alg }) => alg === 'SHA-512')
  return `sha512-${Buffer.from(hash?.content ?? '', 'hex').toString('base64')}`
}
