// The services of the functions that show pages: besides their others the tenants' logos, and who runs the service. The manage page
// also has the store of its links.
import { DynamoDbLogos } from '#adapters/dynamodb/logos.ts'
import { DynamoDbManageLinks } from '#adapters/dynamodb/manage-links.ts'
import type { ManagePorts } from '#domain/manage/ports.ts'
import type { LogoPorts } from '#domain/tenants/ports.ts'
import type { Services } from './all-services.ts'
import { createServices } from './services.ts'

export interface PageServices extends Services, LogoPorts {
  /** Who runs this service, as our pages name it. */
  readonly operatorName: string
}

type Parts = Parameters<typeof createServices>

export function createPageServices(
  functionName: Parts[0],
  settings: Parts[1] & { readonly OPERATOR_NAME: string },
) {
  const services = createServices(functionName, settings)
  return {
    ...services,
    logos: new DynamoDbLogos(services.table),
    operatorName: settings.OPERATOR_NAME,
  }
}

export type ManageServices = PageServices & ManagePorts

export function createManageServices(...[name, settings]: Parameters<typeof createPageServices>) {
  const services = createPageServices(name, settings)
  return { ...services, manageLinks: new DynamoDbManageLinks(services.table) }
}
