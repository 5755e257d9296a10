// API keys.
import { apiKeySchema, newApiKeySchema, rotationSchema } from '#http/wire/api-key.ts'
import { listOf } from '#http/wire/shaped.ts'
import { type Bodies, time } from './body.ts'
import { API_KEY } from './samples.ts'

const apiKey = {
  id: API_KEY,
  name: 'back end',
  hint: 'fc_live_Ab3d',
  scopes: ['sessions:write', 'connections:read', 'proxy:read'],
  status: 'active',
  created_at: '2026-03-01T08:10:00Z',
  last_used_at: '2026-03-01T09:00:00Z',
}

export const apiKeys = {
  schemas: {
    ApiKeyRequest: newApiKeySchema,
    ApiKeyRotation: rotationSchema,
    ApiKey: apiKeySchema,
    ApiKeyList: listOf(apiKeySchema),
  },
  examples: {
    ApiKeyRequest: { name: apiKey.name, scopes: apiKey.scopes },
    ApiKeyRotation: { overlap_seconds: 86_400 },
    IssuedApiKey: { ...apiKey, api_key: 'fc_…' },
    ApiKeyList: { data: [apiKey] },
  },
  fields: {
    'ApiKeyList.data': { description: "All of the tenant's API keys, oldest first." },
    hint: { description: 'First characters of the API key, enough to recognise it.' },
    'ApiKey.scopes': { description: 'What the API key may be used for.' },
    'ApiKeyRequest.scopes': {
      description:
        'What the API key may be used for. A repeated scope counts once. Default: all scopes but `connections:import` and `connections:export`.',
    },
    'ApiKey.status': {
      description:
        '`active`: the API key works. `expired`: `expires_at` has passed. A revoked key is not listed.',
    },
    successor: {
      description: 'Id of the API key that replaces this one after a rotation. Absent if it was not rotated.',
    },
    'ApiKey.expires_at': time('When the API key stops working by itself. Absent if it never does.'),
    'ApiKeyRequest.expires_at': time(
      'When the API key stops working by itself, such as `2030-01-31T12:00:00Z`. Default: never.',
    ),
    'ApiKeyRotation.expires_at': time(
      'When the new API key stops working by itself, such as `2030-01-31T12:00:00Z`. Default: after the same lifetime as the old key was given, or never.',
    ),
    last_used_at: time('Start of the hour in which the API key was last used. Absent if it never was.'),
    overlap_seconds: {
      description:
        'Seconds for which the old API key still works beside the new one, 0 to 2,592,000 (30 days). Default: 86,400 (one day).',
    },
    api_key: {
      description:
        'The API key itself. It is in the answer that issues it and in no other, because only its hash is stored.',
    },
  },
} satisfies Bodies
