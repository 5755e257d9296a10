// Stands in for node:process in the bundles (infra/bundle/bundle.ts, docs/adr/0013): the SDK takes two members of it, and importing
// the module makes Node look at every one, some of which load much.

export const { env, versions } = process
