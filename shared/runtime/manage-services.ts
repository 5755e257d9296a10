// The services of the manage page: those of a function that connects, and the store of manage links.
import { DynamoDbManageLinks } from '#adapters/dynamodb/manage-links.ts'
import type { ManagePorts } from '#domain/manage/ports.ts'
import type { Services } from './all-services.ts'
import { createServices } from './services.ts'

export type ManageServices = Services & ManagePorts

export function createManageServices(...[name, settings]: Parameters<typeof createServices>) {
  const services = createServices(name, settings)
  return { ...services, manageLinks: new DynamoDbManageLinks(services.table) }
}
