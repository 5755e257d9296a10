// What registers a tenant's export key and seals to it. Loaded with the first request that is about an export.
import { DynamoDbExportKeys } from '#adapters/dynamodb/export-keys.ts'
import type { Table } from '#adapters/dynamodb/table.ts'
import { JoseSealer } from '#adapters/jwe/jwe-sealer.ts'
import type { ExportPorts } from '#domain/exports/ports.ts'

export function exportTools(table: Table): Pick<ExportPorts, 'exportKeys' | 'jweSealer'> {
  return { exportKeys: new DynamoDbExportKeys(table), jweSealer: new JoseSealer() }
}
