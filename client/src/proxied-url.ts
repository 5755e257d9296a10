// Turns a path or URL of the ClickFunnels API into the URL of the same resource at the service's proxy.

/**
 * @param base the proxy URL of one connection, with a slash at the end
 * @param input a path, with or without "/api/v2/"; a whole ClickFunnels URL, whose host is ignored; or a URL from the
 *   service, such as in `Link`
 * @throws TypeError when the URL would leave `base`, because the request carries the credential
 */
export function proxiedUrl(base: string, input: string): string {
  const rest = input.startsWith(base) ? input.slice(base.length) : pathOf(input)
  const url = new URL(base + rest).href
  if (!url.startsWith(base)) throw new TypeError(`"${input}" is not a path of the ClickFunnels API`)
  return url
}

function pathOf(input: string): string {
  if (!/^[a-z][a-z\d+.-]*:/i.test(input)) return input.replace(/^\/?(api\/v2\/|\/*)/, '')
  const { pathname, search } = new URL(input)
  if (!pathname.startsWith('/api/v2/')) {
    throw new TypeError(`"${input}" is not a URL of the ClickFunnels API: its path must start with /api/v2/`)
  }
  return pathname.slice('/api/v2/'.length) + search
}
