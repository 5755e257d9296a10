// The form of every URL from outside that a browser or this service will follow.

/** Whether a URL leads to this machine. Only there is plain http acceptable (RFC 8252 section 7.3). */
export function isLoopback(url: URL): boolean {
  return url.hostname === 'localhost' || url.hostname === '[::1]' || /^127(\.\d{1,3}){3}$/.test(url.hostname)
}

/** An https URL (http on loopback) without user info and fragment; `undefined` for any other text. */
export function webUrl(text: string): URL | undefined {
  const url = URL.parse(text)
  if (url === null || url.username !== '' || url.password !== '' || text.includes('#')) return undefined
  return url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback(url)) ? url : undefined
}
