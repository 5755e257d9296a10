// The routes of the sealed export: the tenant's key, and the operator's pages.

const key = { function: 'connect-sessions', access: 'tenant', scope: 'connections:export' } as const

export const EXPORT_ROUTES = {
  'PUT /v1/export-key': { ...key, audit: 'tenant.put_export_key' },
  'DELETE /v1/export-key': { ...key, audit: 'tenant.delete_export_key' },
  'POST /v1/tenants/{tenant_id}/connections/export': {
    function: 'tenant-connections',
    access: 'operator',
    audit: 'tenant.export_connections',
  },
} as const
