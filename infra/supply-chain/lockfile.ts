// Reads package-lock.json: which packages a production install brings along.
import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'

export const PROJECT = resolve(import.meta.dirname, '..', '..')

export interface LockedPackage {
  readonly name: string
  readonly version: string
  /** The hash that npm checks: "sha512-" and base64. */
  readonly integrity: string
}

interface Entry {
  readonly version: string
  readonly integrity?: string
  readonly dev?: boolean
  readonly link?: boolean
}

/** The packages that `npm ci --omit=dev` installs, sorted by name and version. */
export function productionPackages(): LockedPackage[] {
  return lockedPackages().filter(({ dev }) => dev !== true)
}

function lockedPackages() {
  const { packages } = JSON.parse(readFileSync(join(PROJECT, 'package-lock.json'), 'utf8')) as {
    packages: Readonly<Record<string, Entry>>
  }
  return Object.entries(packages)
    .filter(([path, { link }]) => path.includes('node_modules/') && link !== true)
    .map(([path, { version, integrity = '', dev }]) => ({
      name: path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length),
      version,
      integrity,
      dev,
    }))
    .sort((one, other) => (idOf(one) < idOf(other) ? -1 : 1))
}

/** As in "zod@4.6.7". */
export function idOf({ name, version }: Pick<LockedPackage, 'name' | 'version'>): string {
  return `${name}@${version}`
}
