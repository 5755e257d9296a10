// Imports Node's own modules in the way that costs least (docs/adr/0013). An ES import of a built-in module makes Node read
// every member of it, and some members load much: with node:http come undici and http2, with node:fs its streams.
// process.getBuiltinModule() gives the module itself, of which a bundle then reads the members that it uses.
import type { Plugin } from 'rolldown'

const PREFIX = '\0node:'

/** A plugin for the bundler: each built-in module becomes one with a constant for each of its members. */
export function nodeModules(): Plugin {
  return {
    name: 'node-modules',
    resolveId: {
      order: 'pre',
      filter: { id: /^node:/ },
      // A dynamic import gives the whole module in any case.
      handler: (id, _, { kind }) => (kind === 'dynamic-import' ? undefined : `\0${id}`),
    },
    load: {
      filter: { id: /^\0node:/ },
      handler: (id) => {
        const name = id.slice(PREFIX.length)
        const members = Object.keys(process.getBuiltinModule(name) ?? {}).filter((one) => one !== 'default')
        return {
          code: [
            `const builtin = /* @__PURE__ */ process.getBuiltinModule('node:${name}')`,
            // A member that nothing imports is dropped, and is then not read.
            ...members.map((one) => `export const ${one} = /* @__PURE__ */ (() => builtin.${one})()`),
            'export default builtin',
          ].join('\n'),
          moduleSideEffects: false,
        }
      },
    },
  }
}
