// The parts of npm run conformance, in the order in which they run.
import type { Part } from './part.ts'
import { cfnLint } from './parts/cfn-lint.ts'
import { deployment } from './parts/deployment.ts'
import { openapi } from './parts/openapi.ts'
import { runtimeClient } from './parts/runtime-client.ts'
import { stores } from './parts/stores.ts'
import { update } from './parts/update.ts'

export const PARTS: readonly Part[] = [cfnLint, deployment, update, runtimeClient, stores, openapi]
