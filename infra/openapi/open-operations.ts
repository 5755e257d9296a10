// What can be called without a credential.

import type { RouteKey } from '#http/routes.ts'
import type { Operation } from './operation.ts'

export const OPEN_OPERATIONS = {
  'GET /v1/health': {
    id: 'getHealth',
    summary: 'Check that the service answers',
    answers: { 200: { says: 'The service answers.', schema: 'Health', example: 'Health' } },
  },
  'GET /v1/errors': {
    id: 'readErrors',
    summary: 'Read what the error codes mean',
    answers: { 200: { says: 'A page with a heading for each error code.', content: 'text/html' } },
  },
  'GET /v1/openapi.json': {
    id: 'getOpenApiDocument',
    summary: 'Get this document',
    more: 'An OpenAPI 3.1 document whose server is the URL of this service.',
    answers: { 200: { says: 'The document.', schema: 'OpenApiDocument' } },
  },
  'GET /v1/docs': {
    id: 'readDocs',
    summary: 'Read this document as a page',
    answers: { 200: { says: 'A page with every operation.', content: 'text/html' } },
  },
} as const satisfies Partial<Record<RouteKey, Operation>>
