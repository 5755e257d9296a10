// Every text that people read who see no code, with the place to change it at.
import { globSync, readFileSync } from 'node:fs'
import { PassThrough, Readable } from 'node:stream'
import { textsFor } from '#http/pages/texts.ts'
import { ERROR_CATALOG } from '#http/problems/catalog.ts'
import { PROBLEMS } from '#http/problems/problem.ts'
import { main } from '../../infra/cli/tenants.ts'
import { openApiDocument } from '../../infra/openapi/document.ts'
import { guides } from './pages.ts'

export interface PublicString {
  readonly place: string
  readonly text: string
}

export async function publicStrings(): Promise<readonly PublicString[]> {
  return [
    ...textsIn(openApiDocument().info, 'infra/openapi/introduction.ts'),
    ...textsIn(openApiDocument(), 'infra/openapi', ['summary', 'description']),
    ...textsIn(PROBLEMS, 'shared/http/problems/problem.ts'),
    ...textsIn(ERROR_CATALOG, 'shared/http/problems/catalog.ts'),
    ...['en', 'de', 'es', 'fr', 'pt'].flatMap((language) =>
      textsIn(textsFor(language), `shared/http/pages/texts-${language}.ts`),
    ),
    ...refusalsIn(globSync('{shared,functions}/**/*.ts')),
    ...guides.map(({ path, prose }) => ({ place: path, text: prose })),
    ...globSync('client/src/*.ts').map((place) => ({ place, text: readFileSync(place, 'utf8') })),
    ...(await commandLineHelp()),
  ]
}

/** The texts in a value, those of functions included; with names, only the texts of members with such a name. */
function textsIn(value: unknown, place: string, names?: readonly string[], name = ''): PublicString[] {
  if (typeof value === 'function') return textsIn(value('the product'), place, names, name)
  if (typeof value === 'string')
    return names === undefined || names.includes(name) ? [{ place, text: value }] : []
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, member]) => textsIn(member, place, names, key))
}

/** The details of refusals: the texts of ServiceErrors and of rules for fields. */
function refusalsIn(paths: readonly string[]): PublicString[] {
  const DETAIL =
    /(?:new ServiceError\(\s*(?:'\w+'|\w+),|because\('\w+',|detail:)\s*('[^']*'|"[^"]*"|`[^`]*`)/g
  return paths.flatMap((place) =>
    [...readFileSync(place, 'utf8').matchAll(DETAIL)].map(([, text = '']) => ({
      place,
      text: text.slice(1, -1),
    })),
  )
}

/** What `--help` prints, for each command. */
async function commandLineHelp(): Promise<PublicString[]> {
  const overview = await helpAt([])
  const commands = [...overview.matchAll(/^ {2}(\S+(?: \S+)?) {2,}\S/gm)].map(([, command = '']) => command)
  const helps = await Promise.all(commands.map((command) => helpAt(command.split(' '))))
  return [overview, ...helps].map((text) => ({ place: 'infra/cli', text }))
}

async function helpAt(command: readonly string[]): Promise<string> {
  const stdout = new PassThrough()
  const io = { env: {}, stdin: Readable.from([]), stdout, stderr: new PassThrough() }
  await main([...command, '--help'], io)
  return String(stdout.read() ?? '')
}
