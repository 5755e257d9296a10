// The parts of npm run conformance, in the order in which they run.
import type { Part } from './part.ts'
import { cfnLint } from './parts/cfn-lint.ts'

export const PARTS: readonly Part[] = [cfnLint]
