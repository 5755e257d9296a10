// The body of an HTML form (HTML Living Standard, application/x-www-form-urlencoded), and whether a page of ours sent it.
import type { ApiRequest } from './request.ts'

/** More than any of our forms has. */
const MAX_FORM_BYTES = 4 * 1024

/** The fields of a form. Empty if the body is no form, is too long, or repeats a field. */
export function formBody({ headers, body }: Pick<ApiRequest, 'headers' | 'body'>): URLSearchParams {
  const type = headers['content-type']?.split(';')[0]?.trim().toLowerCase()
  const isForm = type === 'application/x-www-form-urlencoded'
  if (!isForm || body === undefined || body.byteLength > MAX_FORM_BYTES) return new URLSearchParams()
  const fields = new URLSearchParams(Buffer.from(body).toString('utf8'))
  const isRepeated = new Set(fields.keys()).size !== fields.size
  return isRepeated ? new URLSearchParams() : fields
}

/**
 * Whether the browser says that a page of another origin sent a form (Fetch standard, Fetch Metadata). Old browsers do not say, and
 * `Origin` is "null" on forms of our own, whose pages send no referrer.
 */
export function isFromElsewhere({ headers }: Pick<ApiRequest, 'headers'>): boolean {
  const site = headers['sec-fetch-site']
  // "none": the user's own doing, such as a reload. No page can cause it.
  return site !== undefined && site !== 'same-origin' && site !== 'none'
}
