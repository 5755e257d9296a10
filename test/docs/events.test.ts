// docs/events.md explains each type and each reason, and has an example of each type that is raised.
import { expect, test } from 'vitest'
import { APP_REASONS, ENDPOINT_REASONS, OWN_EVENT_TYPES, RISK_REASONS } from '#domain/events/event-types.ts'
import { USE_LEVELS } from '#domain/tenants/usage.ts'
import { eventSchema } from '#http/wire/event.ts'
import { guides } from './pages.ts'

const { text = '' } = guides.find(({ path }) => path === 'docs/events.md') ?? {}
const RESERVED: readonly string[] = []

test('each type and each reason has a row', () => {
  const rows = [...text.matchAll(/^\| `([\w.]+)`/gm)].map(([, name]) => name)
  for (const name of [
    ...OWN_EVENT_TYPES,
    ...RISK_REASONS,
    ...APP_REASONS,
    ...USE_LEVELS,
    ...ENDPOINT_REASONS,
  ])
    expect(rows).toContain(name)
})

test('each type that is raised has an example of the form that is answered', () => {
  const [, examples = ''] = text.split('## An example of each')
  const found = [...examples.matchAll(/```json\n([\s\S]*?)```/g)].map(([, body = '']) => JSON.parse(body))
  for (const example of found) expect(eventSchema.parse(example)).toEqual(example)
  expect(found.map(({ type }) => type).toSorted()).toEqual(
    OWN_EVENT_TYPES.filter((type) => !RESERVED.includes(type)).toSorted(),
  )
})
