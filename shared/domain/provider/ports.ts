// ClickFunnels: where it is (profile), its authorization server, its API, its outgoing webhooks, and whether its answers must carry `iss` (RFC 9207).
import type { AuthorizationServer } from './authorization-server.ts'
import type { IssuerRule } from './issuer.ts'
import type { ProviderProfile } from './profile.ts'
import type { ResourceServer } from './resource-server.ts'
import type { IdentifyToken } from './token-identity.ts'
import type { WebhookEndpoints } from './webhook-endpoints.ts'

export interface ProviderPorts {
  readonly provider: ProviderProfile
  readonly authorizationServer: AuthorizationServer
  readonly issuerRule: IssuerRule
  readonly resourceServer: ResourceServer
  readonly identifyToken: IdentifyToken
  readonly webhookEndpoints: WebhookEndpoints
}
