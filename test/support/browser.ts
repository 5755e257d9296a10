// An end user's browser, as far as a connect journey needs one: keeps cookies per host, follows redirects, fills in the
// one form of a page. Without scripts, like the pages themselves.

export interface Page {
  readonly url: URL
  readonly status: number
  readonly headers: Headers
  readonly html: string
  /** Every URL on the way, the last one included. */
  readonly visited: readonly string[]
}

interface Visit {
  readonly method?: 'GET' | 'POST'
  readonly form?: Readonly<Record<string, string>>
  /** Stops before following a redirect to a URL that begins like this; the page is then the redirect. */
  readonly stopBefore?: string
}

const MAX_REDIRECTS = 10

export class Browser {
  readonly #cookies = new Map<string, Map<string, string>>()

  async visit(url: string | URL, visit: Visit = {}): Promise<Page> {
    let next = new URL(url)
    let { method = 'GET', form } = visit
    const visited: string[] = []
    for (let count = 0; count <= MAX_REDIRECTS; count++) {
      visited.push(next.href)
      const response = await fetch(next, {
        method,
        redirect: 'manual',
        headers: { cookie: this.#cookieHeader(next), accept: 'text/html', 'user-agent': 'test browser' },
        ...(method === 'POST' && { body: new URLSearchParams(form) }),
      })
      this.#remember(next, response)
      const location = response.headers.get('location')
      const target = location === null ? undefined : new URL(location, next)
      if (!target || (visit.stopBefore !== undefined && target.href.startsWith(visit.stopBefore))) {
        return {
          url: next,
          status: response.status,
          headers: response.headers,
          html: await response.text(),
          visited,
        }
      }
      next = target
      method = 'GET'
      form = undefined
    }
    throw new Error(`More than ${MAX_REDIRECTS} redirects: ${visited.join(' → ')}`)
  }

  /** Sends the page's form: its hidden fields, and what is given. */
  submit(
    page: Page,
    fields: Readonly<Record<string, string>> = {},
    visit: Omit<Visit, 'method' | 'form'> = {},
  ) {
    const action = /<form[^>]*action="([^"]*)"/.exec(page.html)?.[1] ?? page.url.href
    const hidden = [...page.html.matchAll(/<input type="hidden" name="([^"]*)" value="([^"]*)">/g)]
    const form = Object.fromEntries(hidden.map(([, name = '', value = '']) => [name, unescapeHtml(value)]))
    const target = new URL(unescapeHtml(action), page.url)
    if (/<form[^>]*method="post"/i.test(page.html)) {
      return this.visit(target, { ...visit, method: 'POST', form: { ...form, ...fields } })
    }
    target.search = new URLSearchParams({ ...form, ...fields }).toString()
    return this.visit(target, visit)
  }

  #cookieHeader({ hostname }: URL): string {
    const cookies = this.#cookies.get(hostname) ?? new Map()
    return [...cookies].map(([name, value]) => `${name}=${value}`).join('; ')
  }

  /** Cookies know hosts, not ports: as in every browser, all parts of the local stack share theirs. */
  #remember({ hostname }: URL, response: Response): void {
    const cookies = this.#cookies.get(hostname) ?? new Map<string, string>()
    this.#cookies.set(hostname, cookies)
    for (const header of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(header) ?? []
      if (/max-age=0\b/i.test(header)) cookies.delete(name)
      else cookies.set(name, value)
    }
  }
}

function unescapeHtml(text: string): string {
  const characters: Readonly<Record<string, string>> = {
    '&lt;': '<',
    '&gt;': '>',
    '&quot;': '"',
    '&#39;': "'",
    '&amp;': '&',
  }
  return text.replaceAll(/&(lt|gt|quot|#39|amp);/g, (entity) => characters[entity] ?? entity)
}
