// Shows the pages of connect-pages.ts. Most visits are redirects, so the pages' code and the tenant's logo are loaded only when a
// page is shown.
import type { Ambient } from '#domain/ambient.ts'
import { type Product, withLogo } from '#domain/connect/product.ts'
import type { LogoPorts } from '#domain/tenants/ports.ts'
import type { Answer } from '../message/answer.ts'
import type { ApiRequest } from '../message/request.ts'
import type { Confirm, ConfirmationForm } from './connect-pages.ts'
import type { Refusal } from './texts-type.ts'

export interface ShownPages {
  confirmation(request: ApiRequest, form: ConfirmationForm, visit: Confirm): Promise<Answer>
  refusal(request: ApiRequest, why: Exclude<Refusal, 'fault'>, product?: Product): Promise<Answer>
  fault(request: ApiRequest, error: unknown): Promise<Answer>
}

/** @param services.operatorName who runs this service, for the footer */
export function shownPages(
  services: LogoPorts & Pick<Ambient, 'log'> & { readonly operatorName: string },
): ShownPages {
  const { operatorName } = services
  const pages = () => import('./connect-pages.ts')
  return {
    confirmation: async (request, form, visit) => {
      const product = await withLogo(services, visit.product)
      return (await pages()).confirmationPage({ ...request, operatorName }, form, { ...visit, product })
    },
    refusal: async (request, why, product) => {
      const shown = product && (await withLogo(services, product))
      return (await pages()).refusalPage({ ...request, operatorName }, why, shown)
    },
    fault: async (request, error) => (await pages()).faultPage({ ...request, operatorName }, error),
  }
}
