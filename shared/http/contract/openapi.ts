// The contract as it is served. A file of its own, because the document is large: it is loaded when somebody asks for it.

import document from '#docs/openapi.json' with { type: 'json' }
import type { Answer } from '../message/answer.ts'
import { docsPage } from './docs-page.ts'
import type { OpenApi } from './document.ts'

/** It changes with a deployment only, and any page may read it. */
const HEADERS = { 'cache-control': 'public, max-age=300', 'access-control-allow-origin': '*' }

/** The document, with the URL at which this service is called. */
export function openApiAnswer(publicUrl: string): Answer {
  return {
    status: 200,
    headers: { 'content-type': 'application/json', ...HEADERS },
    body: JSON.stringify({ ...document, servers: [{ url: publicUrl }] }),
  }
}

/** The same, to be read. */
export function docsAnswer(publicUrl: string): Answer {
  const page = docsPage(document as unknown as OpenApi, publicUrl)
  return { ...page, headers: { ...page.headers, ...HEADERS } }
}
