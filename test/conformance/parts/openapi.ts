// schemathesis over the service's OpenAPI document against the local stack: no 5xx, and every answer as it is described. Then a
// sweep of our own reaches what generated requests do not, and the log says which described answers were given.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { synthesize } from '../../../infra/local/cloudformation/synthesis.ts'
import { openApiDocument } from '../../../infra/openapi/document.ts'
import { startTestStack } from '../../support/stack.ts'
import { type Document, documentFor } from '../openapi/document-under-test.ts'
import { unreached } from '../openapi/reached.ts'
import { type OpenApiScene, openScene } from '../openapi/scene.ts'
import { sweep } from '../openapi/sweep.ts'
import type { Part, PartContext, Report } from '../part.ts'
import { run } from '../run-program.ts'

/** One worker, because two of them make Python 3.11's parser of itself fail at times. */
const OPTIONS = ['--no-shrink', '--continue-on-failure', '--generation-database', 'none', '--warnings', 'off']
const TEST_LIMIT_MS = 420_000

/** All checks of schemathesis, but those that ask for what is not promised. */
const CHECKS = `
[checks]
# The service knows more than a schema can say, such as which URLs are registered.
positive_data_acceptance.enabled = false
# Each operation has a scene of its own, so no operation sees what another has made or deleted.
use_after_free.enabled = false
ensure_resource_availability.enabled = false
object_level_authorization.enabled = false

# Query, headers and body belong to ClickFunnels, which decides whether they are valid.
[[operations]]
include-path-regex = "/(proxy/|funnels$)"
checks.negative_data_rejection.enabled = false

# PATCH of this path is the route of a connection whose id is "revoke".
[[operations]]
include-path = "/v1/tenants/{tenant_id}/connections/revoke"
checks.unsupported_method.enabled = false
`

/**
 * API Gateway decodes a path before it looks for the query. So an id with an encoded "?" ends the path there, and names another
 * operation (infra/local/api-gateway/payload.ts).
 */
const HOOKS = `
import schemathesis

@schemathesis.hook
def filter_path_parameters(context, path_parameters):
    values = [str(value) for value in (path_parameters or {}).values()]
    return not any("?" in value or "%3F" in value for value in values)
`

export const openapi: Part = {
  name: 'openapi',
  title: 'schemathesis finds no answer of the service that its OpenAPI document does not describe',
  run: checkDocument,
}

async function checkDocument(context: PartContext): Promise<Report> {
  const { directory, say } = context
  const { directory: templates } = await synthesize()
  const stack = await startTestStack({ templates })
  try {
    const document = openApiDocument() as unknown as Document
    const scene = await openScene(stack)
    say('schemathesis: examples, coverage and fuzzing of every operation')
    const tested = await runSchemathesis(context, document, scene, stack.url)
    say('the answers that generated requests do not get')
    await sweep(stack, document, scene)
    const { given, unexplained, reasons } = unreached(document, stack.logs())
    if (unexplained.length > 0) throw new Error(`Described, but never answered: ${unexplained.join(', ')}`)
    return {
      proven: [tested, `${given} of the described answers were given`],
      notProvable: reasons,
    }
  } finally {
    writeFileSync(join(directory, 'service.log'), stack.logs())
    await stack.close()
  }
}

/** @returns what was tested, in one line */
async function runSchemathesis(
  { python, directory }: PartContext,
  document: Document,
  scene: OpenApiScene,
  url: string,
): Promise<string> {
  const schema = join(directory, 'openapi.json')
  const config = join(directory, 'schemathesis.toml')
  const hooks = join(directory, 'hooks.py')
  writeFileSync(hooks, HOOKS)
  writeFileSync(schema, JSON.stringify(documentFor(document, scene, url)))
  writeFileSync(config, `[auth.openapi.apiKey]\nbearer = "${scene.tenant.apiKey}"\n${CHECKS}`)
  const what = ['--phases', 'examples,coverage,fuzzing']
  const howMuch = ['--max-examples', '6', '--seed', '1', '--workers', '1']
  const { stdout } = await run(
    join(python.bin, 'schemathesis'),
    ['--config-file', config, '--no-color', 'run', schema, '--url', url, ...what, ...howMuch, ...OPTIONS],
    { cwd: directory, limitMs: TEST_LIMIT_MS, env: { ...process.env, SCHEMATHESIS_HOOKS: hooks } },
  )
  const [, cases = 'no'] = /(\d+) generated/.exec(stdout) ?? []
  return `${cases} requests of schemathesis to ${/Tested: (\d+)/.exec(stdout)?.[1]} operations: no 5xx, every answer as described`
}
