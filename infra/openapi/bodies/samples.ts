// The ids and the end user that examples have in common.

export const CONNECTION = 'conn_01k2q8v3f00123456789abcdef'
export const SESSION = 'cs_01k2q8v3e0fedcba9876543210'
export const APP = 'app_01k2q8v3d00123456789abcdef'
export const TENANT = 'ten_01k2q8v3c00123456789abcdef'
export const API_KEY = 'key_01k2q8v3b00123456789abcdef'
export const IDENTITY_PROVIDER = 'idp_01k2q8v3a00123456789abcdef'
export const TAGS = { plan: 'pro', project: '4711' }
export const LABEL = 'Main shop'
export const END_USER = { id: 'user-1', display_name: 'ada@example.com' }
export const WEBHOOK_ENDPOINT = 'we_01k2q8v3900123456789abcdef'
export const DELIVERY = 'dlv_01k2q8v4100123456789abcdef'
export const EVENT = 'evt_01k2q8v4000123456789abcdef'
