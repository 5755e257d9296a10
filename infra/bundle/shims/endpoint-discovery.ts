// Stands in for @aws-sdk/middleware-endpoint-discovery in the bundles (infra/bundle/bundle.ts, docs/adr/0013). The DynamoDB client brings it,
// with an LRU cache, for Timestream's sake: no command of DynamoDB uses it.

export const NODE_ENDPOINT_DISCOVERY_CONFIG_OPTIONS = {
  environmentVariableSelector: () => undefined,
  configFileSelector: () => undefined,
  default: false,
}

export const resolveEndpointDiscoveryConfig = <Config>(config: Config): Config => config
