// The services of the operator's function for tenants, which also stores their logos.
import { DynamoDbLogos } from '#adapters/dynamodb/logos.ts'
import type { LogoPorts } from '#domain/tenants/ports.ts'
import { createStoreServices, type StoreServices } from './services.ts'

export type TenantServices = StoreServices & LogoPorts

export function createTenantServices(...[name, settings]: Parameters<typeof createStoreServices>) {
  const services = createStoreServices(name, settings)
  return { ...services, logos: new DynamoDbLogos(services.table) }
}
