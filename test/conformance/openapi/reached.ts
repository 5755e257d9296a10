// Which described answers were given, by the service's own log lines, and why the others cannot be reached here.
import { type Document, type Operation, operationsOf } from './document-under-test.ts'

/** Statuses that need a fault of something that works here, with the tests that have that fault. */
const UNREACHED: Readonly<Record<string, string>> = {
  500: 'a fault of the service itself; npm run fuzz looks for one',
  502: 'ClickFunnels fails: test/journey/outage.test.ts',
  503: 'the table, a key or an identity provider is down: test/journey/recovery.test.ts',
  504: 'ClickFunnels does not answer for 25 s: test/journey/outage.test.ts',
}
const IN_A_BROWSER =
  'a browser in the middle of a session: test/journey/connect.test.ts, test/journey/fixation.test.ts'
const ON_THE_PAGE = 'a browser that has the manage page open: test/journey/manage.test.ts'
const SIGNED =
  'a signature with the secret of a ClickFunnels endpoint: test/journey/clickfunnels-events.test.ts'
const DISABLED =
  'an endpoint that is disabled, which this check leaves enabled: test/domain/webhooks/manage-deliveries.test.ts'
const CLOSED = 'a deployment that allows exports: test/journey/export.test.ts'
const NO_BODY = 'the HTTP client of this check sends no body with GET and HEAD'
const ONE_BY_ONE: Readonly<Record<string, string>> = {
  'completeConnectSession 409': IN_A_BROWSER,
  'completeConnectSession 429':
    'a tenant that reaches its limit during a session: test/journey/limits.test.ts',
  'followConnectLink 200': IN_A_BROWSER,
  'followConnectLink 403': IN_A_BROWSER,
  'followConnectLink 409':
    'a reconnect link while its connection is being stored: test/browser/pages.test.ts',
  'followConnectLink 410': IN_A_BROWSER,
  'openManagePage 200': ON_THE_PAGE,
  'openManagePage 302': ON_THE_PAGE,
  'openManagePage 403': ON_THE_PAGE,
  'openManagePage 410': ON_THE_PAGE,
  'submitManageForm 303': ON_THE_PAGE,
  'submitManageForm 400': ON_THE_PAGE,
  'submitManageForm 403': ON_THE_PAGE,
  'submitManageForm 410': ON_THE_PAGE,
  'submitManageForm 429': ON_THE_PAGE,
  'receiveAuthorizationResponse 400': IN_A_BROWSER,
  'receiveAuthorizationResponse 403': IN_A_BROWSER,
  'receiveAuthorizationResponse 410': IN_A_BROWSER,
  'listFunnels 400':
    'a request that is no HTTP, which the gateway refuses first: test/adapters/clickfunnels/api.test.ts',
  ...Object.fromEntries(
    [202, 204, 400, 413, 422].map((status) => [`receiveClickFunnelsEvent ${status}`, SIGNED]),
  ),
  ...Object.fromEntries([200, 404, 409, 410].map((status) => [`exportConnections ${status}`, CLOSED])),
  'resendWebhook 422': DISABLED,
  'resendTenantWebhook 422': DISABLED,
  'proxyGet 413': NO_BODY,
  'proxyHead 413': NO_BODY,
}
/** What a working tenant meets only while its keys are taken away. */
const OF_THE_KEYS = new Set(['kms_key_unavailable', 'tenant_shredded', 'tenant_deleted'])
const KEYS_TAKEN =
  'keys that are disabled or shredded in between: test/adapters/vault/key-rotation.kms.test.ts'

/** @returns lines that say which answers were not given, and why; the number of those that were */
export function unreached(document: Document, logs: string) {
  const seen = new Set<string>()
  for (const line of logs.split('\n').filter((text) => text.includes('"Request'))) {
    const { method, route, status } = JSON.parse(line)
    const [, path = ''] = String(route).split(' ')
    seen.add(`${method} ${path.replace('+}', '}')} ${status}`)
  }
  const reasons = new Map<string, string[]>()
  const unexplained: string[] = []
  let given = 0
  for (const { method, path, operation } of operationsOf(document)) {
    for (const status of Object.keys(operation.responses ?? {})) {
      if (status === 'default' || seen.has(`${method.toUpperCase()} ${path} ${status}`)) {
        given += 1
        continue
      }
      const byApiGateway = status === '401' && !operation.security?.some((one) => 'apiKey' in one)
      const reason = byApiGateway
        ? 'API Gateway checks signatures, the local stack does not'
        : (ONE_BY_ONE[`${operation.operationId} ${status}`] ??
          UNREACHED[status] ??
          (isOfTheKeys(codesOf(operation, status)) ? KEYS_TAKEN : undefined))
      if (reason === undefined) unexplained.push(`${operation.operationId} ${status}`)
      else reasons.set(reason, [...(reasons.get(reason) ?? []), status])
    }
  }
  return {
    given,
    unexplained,
    reasons: [...reasons].map(
      ([reason, statuses]) => `${statuses.length} answers (${[...new Set(statuses)].join(', ')}): ${reason}`,
    ),
  }
}

const isOfTheKeys = (codes: readonly string[]) =>
  codes.length > 0 && codes.every((code) => OF_THE_KEYS.has(code))

/** The error codes that the document names for a status. */
function codesOf({ responses }: Operation, status: string): readonly string[] {
  const names = JSON.stringify(responses?.[status] ?? {}).matchAll(/#\/components\/examples\/(\w+)/g)
  return [...names].map(([, code = '']) => code)
}
