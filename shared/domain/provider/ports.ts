// ClickFunnels: where it is (profile), its authorization server, its API, and whether its answers must carry `iss` (RFC 9207).
import type { AuthorizationServer } from './authorization-server.ts'
import type { IssuerRule } from './issuer.ts'
import type { ProviderProfile } from './profile.ts'
import type { ResourceServer } from './resource-server.ts'

export interface ProviderPorts {
  readonly provider: ProviderProfile
  readonly authorizationServer: AuthorizationServer
  readonly issuerRule: IssuerRule
  readonly resourceServer: ResourceServer
}
