// Replaces @aws-sdk/middleware-endpoint-discovery in the bundles (docs/adr/0013). The DynamoDB client brings it, and with it
// an LRU cache from two more packages, but no command of DynamoDB uses it.

export const NODE_ENDPOINT_DISCOVERY_CONFIG_OPTIONS = {
  environmentVariableSelector: () => undefined,
  configFileSelector: () => undefined,
  default: false,
}

export const resolveEndpointDiscoveryConfig = <Config>(config: Config): Config => config
