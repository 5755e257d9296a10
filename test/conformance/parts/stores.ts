// The stores and the vault on an AWS that this project did not write: their contracts hold on moto's DynamoDB, in front of which a
// proxy refuses what the real DynamoDB refuses, and on the KMS of local-kms.
import { join } from 'node:path'
import { PROJECT_ROOT } from '../../../infra/local/cloudformation/synthesis.ts'
import type { Part, PartContext, Report } from '../part.ts'
import { run } from '../run-program.ts'
import { startLocalKms } from '../stores/local-kms.ts'
import { startMoto } from '../stores/moto.ts'
import { expectRefusals } from '../stores/refusals.ts'
import { REFUSED_CALLS } from '../stores/refused-calls.ts'
import { startStrictDynamoDb } from '../stores/strict-dynamodb.ts'

const VITEST = join(PROJECT_ROOT, 'node_modules', 'vitest', 'vitest.mjs')
const STORES = ['stores', 'identity-providers'].map(
  (name) => `test/adapters/dynamodb/${name}.dynamodb.test.ts`,
)
const CONFIG = 'test/conformance/stores/vitest.config.ts'
const TESTS_LIMIT_MS = 420_000
const VAULT = ['vault', 'key-rotation'].map((name) => `test/adapters/vault/${name}.kms.test.ts`)

export const stores: Part = {
  name: 'stores',
  title: "the stores keep their contracts on moto's DynamoDB, strictly checked, and the vault on local-kms",
  run: runContracts,
}

async function runContracts({ python, directory, say }: PartContext): Promise<Report> {
  const moto = await startMoto(python)
  const dynamodb = await startStrictDynamoDb(moto.url)
  try {
    const taken = await expectRefusals(dynamodb.url, moto.url)
    say("the contracts of the stores on moto's DynamoDB")
    const stored = await runTests(STORES, { AWS_ENDPOINT_URL_DYNAMODB: dynamodb.url })
    if (dynamodb.differences.length > 0) {
      throw new Error(`moto and the simulated DynamoDB differ:\n${dynamodb.differences.join('\n')}`)
    }
    const sealed = await runVault(directory, say)
    const calls = Object.entries(dynamodb.counts).map(([operation, count]) => `${count} × ${operation}`)
    return {
      proven: [
        `${stored} tests of the stores on moto's DynamoDB, one request at a time: ${calls.join(', ')}`,
        'none of these calls is one that DynamoDB refuses, and moto and the simulated DynamoDB agree how each ends',
        `${REFUSED_CALLS.length} kinds of invalid calls are refused by the proxy, and by moto itself, too, but for: ${taken.join(', ')}`,
        `${sealed} tests of the vault on local-kms`,
      ],
      notProvable: [
        'throttling, conflicts of transactions and replicas that lag: moto has none of them (npm run simulate has)',
      ],
    }
  } finally {
    await dynamodb.close()
    await moto.close()
  }
}

async function runVault(directory: string, say: (step: string) => void): Promise<number> {
  const kms = await startLocalKms(say, directory)
  try {
    say('the contracts of the vault on local-kms')
    return await runTests(VAULT, { AWS_ENDPOINT_URL_KMS: kms.url })
  } finally {
    await kms.close()
  }
}

/** @returns how many tests have passed */
async function runTests(
  files: readonly string[],
  endpoint: Readonly<Record<string, string>>,
): Promise<number> {
  const { stdout } = await run(process.execPath, [VITEST, 'run', '--config', CONFIG, ...files], {
    cwd: PROJECT_ROOT,
    env: { ...process.env, ...endpoint, NO_COLOR: '1' },
    limitMs: TESTS_LIMIT_MS,
  })
  const [, passed] = /Tests +(\d+) passed/.exec(stdout) ?? []
  if (passed === undefined) throw new Error(`No test has passed:\n${stdout}`)
  return Number(passed)
}
