import { defineConfig } from 'vitest/config'

/** Tests that wait for seconds or start much, and would take "npm test" over three minutes. "npm run test:longer" runs them. */
const LONGER = [
  'test/adapters/aws-deadlines.test.ts',
  'test/adapters/dynamodb/event-burst.dynamodb.test.ts',
  'test/adapters/hanging-aws.test.ts',
  'test/client/webhook-recipes.test.ts',
  'test/docs/commands.test.ts',
  'test/docs/integration.test.ts',
  'test/docs/snippets.test.ts',
  'test/infra/bundles.test.ts',
  'test/infra/checks.test.ts',
  'test/journey/audit.test.ts',
  'test/journey/clickfunnels-events.test.ts',
  'test/journey/false-refusals.test.ts',
  'test/journey/issuer.test.ts',
  'test/journey/odd-answers.test.ts',
  'test/journey/outage.test.ts',
  'test/journey/providers.test.ts',
  'test/journey/recovery.test.ts',
  'test/journey/staleness.test.ts',
]

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: [
      ...['test/browser/**', 'test/processes/**', 'test/compatibility/**', 'test/game-day/**', 'test/day/**'],
      ...(process.env.LONGER === undefined ? LONGER : []),
    ],
    globalSetup: ['test/setup.ts'],
    // Files share the module graph of their worker: loading it anew for each took a quarter of the run. A file leaves nothing
    // behind: what it mocks, stubs or starts ends with it.
    isolate: false,
    setupFiles: ['test/unstub.ts'],
    // Journeys wait more than they compute.
    maxWorkers: 3,
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
})
