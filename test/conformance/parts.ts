// The parts of npm run conformance, in the order in which they run.
import type { Part } from './part.ts'
import { cfnLint } from './parts/cfn-lint.ts'
import { runtimeClient } from './parts/runtime-client.ts'
import { stores } from './parts/stores.ts'

export const PARTS: readonly Part[] = [cfnLint, runtimeClient, stores]
