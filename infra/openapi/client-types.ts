// The types of the client library, made from the schemas of the document.

import { ERROR_CODES } from '#domain/errors.ts'
import type { JsonSchema } from './json-schemas.ts'

/** The schemas that a tenant's code meets. */
const WANTED = [
  'ConnectSessionRequest',
  'ConnectSession',
  'Connection',
  'ConnectionUpdate',
  'Funnel',
  'Event',
  'TimelineEntry',
  'ManageLinkRequest',
  'ManageLink',
] as const

const MAX_LINE_CHARACTERS = 100

const HEAD = `// Made from the service's schemas by "npm run docs". Do not edit.
`

/** The file of the client library with the bodies of requests and answers. */
export function clientTypes(schemas: Readonly<Record<string, JsonSchema>>): string {
  const interfaces = WANTED.map((name) => `export interface ${name} ${typeOf(schemas[name] ?? {}, '')}\n`)
  return [HEAD, ...interfaces].join('\n')
}

/** The file of the client library with the codes of problems. */
export function clientErrorCodes(): string {
  const codes = ERROR_CODES.map((code) => `\n  | '${code}'`).join('')
  return `${HEAD}\n/** What went wrong: docs/errors.md explains each code. */\nexport type ErrorCode =${codes}\n`
}

function typeOf(schema: JsonSchema, indent: string): string {
  const { type, properties, required = [], items, anyOf, enum: values, additionalProperties } = schema
  if (Array.isArray(values)) return values.map((value) => `'${value}'`).join(' | ')
  if (anyOf) return anyOf.map((option) => typeOf(option, indent)).join(' | ')
  if (type === 'array') return `readonly ${typeOf(items ?? {}, indent)}[]`
  if (type === 'integer') return 'number'
  if (Array.isArray(type)) return type.map((one) => typeOf({ ...schema, type: one }, indent)).join(' | ')
  if (Object.keys(properties ?? {}).length === 0 && typeof additionalProperties === 'object') {
    return `Readonly<Record<string, ${typeOf(additionalProperties as JsonSchema, indent)}>>`
  }
  if (properties === undefined) return String(type ?? 'unknown')
  const inner = `${indent}  `
  const members = Object.entries(properties).map(([name, member]) => {
    const optional = required.includes(name) ? '' : '?'
    return `${comment(member.description ?? '', inner)}${inner}readonly ${name}${optional}: ${typeOf(member, inner)}\n`
  })
  const others = additionalProperties ? `${inner}readonly [member: string]: unknown\n` : ''
  return `{\n${members.join('')}${others}${indent}}`
}

/** A doc comment, in lines of about a hundred characters. */
function comment(text: string, indent: string): string {
  const lines = ['']
  for (const word of text.split(' ')) {
    const line = `${lines.at(-1)} ${word}`
    if (line.length <= MAX_LINE_CHARACTERS) lines[lines.length - 1] = line
    else lines.push(` ${word}`)
  }
  if (lines.length === 1) return `${indent}/**${lines[0]} */\n`
  return `${indent}/**\n${lines.map((line) => `${indent} *${line}\n`).join('')}${indent} */\n`
}
