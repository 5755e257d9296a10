// The AWS SDK has a class and a schema for each error that a service can answer with, 80 of them, and registers all of them
// when it loads. An error without its own class comes as the client's general exception, with the same name, message,
// status and fault (client below 500, else server). Our code and the SDK's retries look at these, except for the errors below.
// If a release of the SDK registers its errors in another way, bundles carry all of them and a test fails; they work.
import type { Plugin } from 'rolldown'

/** Errors whose class or own fields our code looks at. */
export const ERRORS_LOOKED_INTO = ['ConditionalCheckFailedException', 'TransactionCanceledException']
/** Errors that the SDK retries because of their class, not because of name or status. */
export const ERRORS_RETRIED_BY_CLASS = ['ReplicatedWriteConflictException']
const WITH_A_CLASS = [...ERRORS_LOOKED_INTO, ...ERRORS_RETRIED_BY_CLASS]

const SCHEMAS = /@aws-sdk\/client-[a-z]+\/dist-es\/schemas\/schemas_0\.js$/
const REGISTRATION = /^n0_registry\.registerError\((\w+)\$, \1\);$/gm

/** A plugin for the bundler: deletes the registrations, so that the bundler drops the classes and schemas. */
export function nameOnlyErrors(): Plugin {
  return {
    name: 'name-only-errors',
    transform: {
      filter: { id: SCHEMAS },
      handler: (code) => ({
        code: code.replace(REGISTRATION, (line, name) => (WITH_A_CLASS.includes(name) ? line : '')),
        map: null,
      }),
    },
  }
}
