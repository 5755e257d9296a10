// A synthesized template that a test has changed.
import { cpSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { directory } from '../infra/synthesized.ts'
import { scratchFolder } from './scratch.ts'

/** The folder of a copy in which one text of the service's stack is another. */
export function changedTemplates(from: string, to: string): string {
  const templates = scratchFolder()
  cpSync(directory, templates, { recursive: true })
  const file = join(templates, 'FunnelConnectService.template.json')
  writeFileSync(file, readFileSync(file, 'utf8').replaceAll(from, to))
  return templates
}
