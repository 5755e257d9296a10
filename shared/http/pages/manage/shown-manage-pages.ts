// Shows the pages of manage-pages.ts. Their code and the tenant's logo are loaded only when a page is shown.
import type { Ambient } from '#domain/ambient.ts'
import { type Product, withLogo } from '#domain/connect/product.ts'
import type { Connection } from '#domain/connections/connection.ts'
import type { OpenVisit } from '#domain/manage/manage-visit.ts'
import type { LogoPorts } from '#domain/tenants/ports.ts'
import type { Answer } from '../../message/answer.ts'
import type { ApiRequest } from '../../message/request.ts'
import type { ShownList } from './manage-pages.ts'
import type { ManageRefusal } from './texts-type.ts'

export interface ShownManagePages {
  connections(request: ApiRequest, visit: OpenVisit, list: ShownList): Promise<Answer>
  question(request: ApiRequest, visit: OpenVisit, connection: Connection): Promise<Answer>
  refusal(request: ApiRequest, why: Exclude<ManageRefusal, 'fault'>, product?: Product): Promise<Answer>
  fault(request: ApiRequest, error: unknown): Promise<Answer>
}

/** @param services.operatorName who runs this service, for the footer */
export function shownManagePages(
  services: LogoPorts & Pick<Ambient, 'log'> & { readonly operatorName: string },
): ShownManagePages {
  const { operatorName } = services
  const pages = () => import('./manage-pages.ts')
  const shown = async (visit: OpenVisit) => ({ ...visit, product: await withLogo(services, visit.product) })
  return {
    connections: async (request, visit, list) =>
      (await pages()).connectionsPage({ ...request, operatorName }, await shown(visit), list),
    question: async (request, visit, connection) =>
      (await pages()).questionPage({ ...request, operatorName }, await shown(visit), connection),
    refusal: async (request, why, product) => {
      const withMark = product && (await withLogo(services, product))
      return (await pages()).manageRefusalPage({ ...request, operatorName }, why, withMark)
    },
    fault: async (request, error) => (await pages()).manageFaultPage({ ...request, operatorName }, error),
  }
}
