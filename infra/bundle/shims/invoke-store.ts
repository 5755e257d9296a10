// Stands in for @aws/lambda-invoke-store in the bundles (infra/bundle/bundle.ts, docs/adr/0013): it tells apart invocations that share a
// process, which ours do not. Without it the SDK takes the trace's id from the environment, where it always was.

export const InvokeStore = { getInstanceAsync: async () => undefined }
