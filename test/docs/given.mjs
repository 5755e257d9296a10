// Loaded before a snippet of the documentation: the names that it takes as given, the client library under its own name,
// and a fetch that does not let an answer of 4xx or 5xx pass unnoticed.
import { registerHooks } from 'node:module'

const CLIENT = new URL('../../client/src/', import.meta.url)

registerHooks({
  resolve: (specifier, context, next) => {
    const [, name] = /^@funnel-connect\/client(?:\/(\w+))?$/.exec(specifier) ?? [specifier]
    return specifier.startsWith('@funnel-connect/')
      ? next(new URL(`${name ?? 'index'}.ts`, CLIENT).href, context)
      : next(specifier, context)
  },
})

Object.assign(globalThis, JSON.parse(process.env.GIVEN))

const { fetch } = globalThis
globalThis.fetch = async (...call) => {
  const response = await fetch(...call)
  if (process.env.ERRORS_EXPECTED === undefined && response.status >= 400)
    throw new Error(`${response.status} ${await response.text()}`)
  return response
}
