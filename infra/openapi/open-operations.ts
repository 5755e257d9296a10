// What anyone may call.

import type { RouteKey } from '#http/routes.ts'
import type { Operation } from './operation.ts'

export const OPEN_OPERATIONS = {
  'GET /v1/health': {
    id: 'getHealth',
    summary: 'Ask whether the service lives',
    answers: { 200: { says: 'It does.', schema: 'Health', example: 'Health' } },
  },
  'GET /v1/errors': {
    id: 'readErrors',
    summary: 'Read what the error codes mean',
    answers: { 200: { says: 'A page with a heading for each code.', content: 'text/html' } },
  },
  'GET /v1/openapi.json': {
    id: 'getOpenApiDocument',
    summary: 'Get this document',
    answers: { 200: { says: 'The document.', schema: 'OpenApiDocument' } },
  },
  'GET /v1/docs': {
    id: 'readDocs',
    summary: 'Read this document as a page',
    answers: { 200: { says: 'The page.', content: 'text/html' } },
  },
} as const satisfies Partial<Record<RouteKey, Operation>>
