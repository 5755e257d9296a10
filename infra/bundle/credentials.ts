// Replaces @aws-sdk/credential-provider-node in the bundles (docs/adr/0013). Lambda gives credentials in the environment and
// replaces the sandbox before they expire; the local stack gives them in the same way. The SDK's chain looks there first,
// too, but also loads the code that reads profiles and the metadata of containers and instances.
import { fromEnv } from '@aws-sdk/credential-provider-env'

export const defaultProvider = fromEnv
