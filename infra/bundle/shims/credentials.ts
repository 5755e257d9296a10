// Stands in for @aws-sdk/credential-provider-node in the bundles (infra/bundle/bundle.ts, docs/adr/0013): Lambda gives credentials by
// environment and replaces the sandbox before they expire, and the local stack gives them the same way. The SDK's chain
// would look there first, but loads what reads profiles, container and instance metadata.
import { fromEnv } from '@aws-sdk/credential-provider-env'

export const defaultProvider = fromEnv
