// Writes the generated files: docs/errors.md, docs/openapi.json and the client's types. CI runs it, and fails when a file
// differs from the committed one.
import { writeFileSync } from 'node:fs'
import { ERROR_CODES } from '#domain/errors.ts'
import { ERROR_CATALOG } from '#http/problems/catalog.ts'
import { PROBLEMS } from '#http/problems/problem.ts'
import { clientErrorCodes, clientTypes } from './openapi/client-types.ts'
import { openApiDocument } from './openapi/document.ts'

const head = `<!-- Made from shared/http/problems/catalog.ts by "npm run docs". Do not edit. -->
# Error codes

Every error of this service is a problem document (RFC 9457, \`application/problem+json\`) with a stable \`code\`. Its \`type\`
is the URL of the page \`/v1/errors\` of the service, which has the same content as this one. The header
\`Funnel-Connect-Request-Id\` identifies the request. Answers of ClickFunnels itself are passed on unchanged, errors (4xx and
5xx) included; they carry the header \`Funnel-Connect-Answer-By: clickfunnels\`.
`

const entries = ERROR_CODES.map((code) => {
  const { status, title } = PROBLEMS[code]
  const { meaning, remedy } = ERROR_CATALOG[code]
  return `\n## ${code}\n\n**${status} ${title}.** ${meaning}\n\nWhat to do: ${remedy}\n`
})

const write = (path: string, text: string) => writeFileSync(new URL(`../${path}`, import.meta.url), text)

write('docs/errors.md', head + entries.join(''))
const document = openApiDocument()
write('docs/openapi.json', `${JSON.stringify(document, null, 2)}\n`)
write('client/src/api.ts', clientTypes(document.components.schemas))
write('client/src/error-codes.ts', clientErrorCodes())
