// Serves the contract. A file of its own, because the document is large: the first request for it loads it.

import document from '#docs/openapi.json' with { type: 'json' }
import type { Answer } from '../message/answer.ts'
import { docsPage } from './docs-page.ts'
import type { OpenApi } from './document.ts'

/** The document changes only with a deployment, and any page may read it. */
const HEADERS = { 'cache-control': 'public, max-age=300', 'access-control-allow-origin': '*' }

/** The document as JSON, with the URL of this service. */
export function openApiAnswer(publicUrl: string): Answer {
  return {
    status: 200,
    headers: { 'content-type': 'application/json', ...HEADERS },
    body: JSON.stringify({ ...document, servers: [{ url: publicUrl }] }),
  }
}

/** The document as a page for people. */
export function docsAnswer(publicUrl: string): Answer {
  const page = docsPage(document as unknown as OpenApi, publicUrl)
  return { ...page, headers: { ...page.headers, ...HEADERS } }
}
