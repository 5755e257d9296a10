// Stands in for node:fs in the bundles (infra/bundle/bundle.ts, docs/adr/0013): the SDK asks only how long a file's stream is that is
// sent as a body, and no body of ours is one. Importing node:fs makes Node load its streams.

export const ReadStream = { [Symbol.hasInstance]: () => false }

export const { fstatSync, lstatSync } = process.getBuiltinModule('node:fs')
