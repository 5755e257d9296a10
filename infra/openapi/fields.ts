// What each member of a request or an answer means, once: by "Schema.name" or "parent.name", else by its name alone. A
// member without an entry fails test/openapi, and so does an entry without a member.
import { CONNECTION_FIELDS } from './fields/connection-fields.ts'
import { CREDENTIAL_FIELDS } from './fields/credential-fields.ts'
import { type Field, time } from './fields/field.ts'
import { OPERATOR_FIELDS } from './fields/operator-fields.ts'
import { PROBLEM_FIELDS } from './fields/problem-fields.ts'
import { SESSION_FIELDS } from './fields/session-fields.ts'

/** What most schemas have. */
const COMMON_FIELDS: Readonly<Record<string, Field>> = {
  id: { description: 'Id. Opaque text; ids sort by the time of creation.' },
  data: { description: 'The items of this page.' },
  'AppList.data': { description: "All of the tenant's apps, oldest first." },
  'ApiKeyList.data': { description: "All of the tenant's API keys, oldest first." },
  'IdentityProviderList.data': { description: "All of the tenant's identity providers, oldest first." },
  next_cursor: { description: 'Send it as `cursor` to get the next page. Absent on the last page.' },
  name: { description: 'A name for people.' },
  created_at: time('When it was created.'),
  updated_at: time('When it was last changed.'),
  openapi: { description: 'Version of the OpenAPI specification that the document follows.' },
  'Health.status': { description: 'Always `ok`.' },
}

/** Each group by itself, so that a test can tell when two of them describe the same member. */
export const FIELD_GROUPS = [
  COMMON_FIELDS,
  SESSION_FIELDS,
  CONNECTION_FIELDS,
  OPERATOR_FIELDS,
  CREDENTIAL_FIELDS,
  PROBLEM_FIELDS,
] as const

export const FIELDS: Readonly<Record<string, Field>> = Object.assign({}, ...FIELD_GROUPS)
