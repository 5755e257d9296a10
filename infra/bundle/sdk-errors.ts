// The AWS SDK has a class and a schema for each error a service can answer with, 80 of them, and registers all of them when
// it loads. Without its own, an error comes as the client's general exception, with the same name,
// message and status, and the fault that follows from the status (client below 500): all that our code and the SDK's
// retries look at, but for the few below.
import type { Plugin } from 'rolldown'

/** Those whose class or own fields our code looks at. */
export const ERRORS_LOOKED_INTO = ['ConditionalCheckFailedException', 'TransactionCanceledException']
/** Those that the SDK tries again because their class says so, not by name or status. */
export const ERRORS_RETRIED_BY_CLASS = ['ReplicatedWriteConflictException']
const WITH_A_CLASS = [...ERRORS_LOOKED_INTO, ...ERRORS_RETRIED_BY_CLASS]

const SCHEMAS = /@aws-sdk\/client-[a-z]+\/dist-es\/schemas\/schemas_0\.js$/
const REGISTRATION = /^n0_registry\.registerError\((\w+)\$, \1\);$/gm

/** A plugin for the bundler: without their registration, nothing holds the other classes and schemas. */
export function nameOnlyErrors(): Plugin {
  return {
    name: 'name-only-errors',
    transform: {
      filter: { id: SCHEMAS },
      handler: (code, id) => {
        let dropped = 0
        const rest = code.replace(REGISTRATION, (registration, name) => {
          if (WITH_A_CLASS.includes(name)) return registration
          dropped++
          return ''
        })
        if (dropped === 0) throw new Error(`The SDK registers its errors in another way now: ${id}`)
        return { code: rest, map: null }
      },
    },
  }
}
