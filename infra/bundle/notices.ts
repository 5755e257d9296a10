// The notices of a bundle: name, version and licence text of every package whose code is in it. The file lies beside the
// code and no function reads it, so that it costs nothing at start-up.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { OutputChunk } from 'rolldown'

export const NOTICES_FILE = 'THIRD-PARTY-NOTICES.txt'

export interface BundledPackage {
  readonly name: string
  readonly version: string
  readonly license: string
  readonly author: string
  readonly folder: string
}

/** A module of a package: the package's folder, up to and including its name. */
const PACKAGE = /^(.*\/node_modules\/(?:@[^/]+\/)?[^/]+)\//
const MIT = readFileSync(join(import.meta.dirname, 'mit-licence.txt'), 'utf8')
const LICENSE_FILE = /^(licen[cs]e|notice|copying)([.-].*)?$/i

/** The packages that have code in the chunks, sorted by name and version. */
export function packagesIn(chunks: readonly OutputChunk[], root: string): BundledPackage[] {
  const folders = chunks.flatMap(({ modules }) =>
    Object.entries(modules)
      .filter(([, { renderedLength }]) => renderedLength > 0)
      .map(([id]) => folderOf(id, root)),
  )
  return [...new Set(folders)]
    .filter((folder) => folder !== undefined)
    .map(readPackage)
    .sort((one, other) => (titleOf(one) < titleOf(other) ? -1 : 1))
}

/** @returns `undefined` for a file of this project */
function folderOf(module: string, root: string): string | undefined {
  // A module without a file is code that the bundler itself adds.
  if (module.startsWith('\0rolldown/')) return join(root, 'node_modules', 'rolldown')
  return PACKAGE.exec(module)?.[1]
}

function readPackage(folder: string): BundledPackage {
  const { name, version, license, author } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
  return { name, version, license, author: author?.name ?? author ?? '', folder }
}

/**
 * Returns the text of the notices file. Packages with the same licence text share one copy of it.
 * @throws Error when a package has no licence text
 */
export function noticesOf(packages: readonly BundledPackage[]): string {
  const byText = Map.groupBy(packages, licenceText)
  const sections = [...byText].map(([text, group]) => `${group.map(titleOf).join('\n')}\n\n${text}\n`)
  return ['This function contains code of the following packages.\n', ...sections].join(
    `\n${'-'.repeat(80)}\n\n`,
  )
}

function titleOf({ name, version, license }: BundledPackage): string {
  return `${name} ${version} (${license})`
}

function licenceText({ name, license, author, folder }: BundledPackage): string {
  const files = readdirSync(folder).filter((file) => LICENSE_FILE.test(file))
  // Such as @middy/core: its package.json has the licence and the authors, but no file has the text.
  if (files.length === 0 && license === 'MIT')
    return `MIT License\n\nCopyright (c) ${author}\n\n${MIT.trim()}`
  if (files.length === 0) throw new Error(`The package ${name} has no file with its licence (${license})`)
  return files
    .sort()
    .map((file) => readFileSync(join(folder, file), 'utf8').replaceAll('\r\n', '\n').trim())
    .join('\n\n')
}
