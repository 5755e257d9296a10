// Where webhooks may be sent. A tenant chooses the address, and our function calls it, so it must not lead into a private network
// or to this service. The name is checked here; the address that it leads to is checked at every attempt (adapters/outgoing).
import { isLoopback, webUrl } from '../tenants/web-url.ts'

/**
 * @param publicUrl the URL of this service. If that is on loopback, as on the local stack, plain http on loopback is accepted
 * @returns what is wrong with the URL; `undefined` if it is right
 */
export function faultOfTarget(text: string, publicUrl: string): string | undefined {
  const url = webUrl(text)
  const own = new URL(publicUrl)
  if (url === undefined) return 'must be an https URL without user name, password and fragment'
  if (isLoopback(url)) {
    if (!isLoopback(own)) return 'must not lead to loopback'
    return url.host === own.host ? 'must not lead to this service' : undefined
  }
  if (url.port !== '') return 'must be on port 443'
  // A name without a dot is one of a private network, and so are these endings.
  if (!/\.[a-z][a-z0-9-]*\.?$/.test(url.hostname) || /\.(internal|local|localhost)\.?$/.test(url.hostname))
    return 'must have the name of a public host, not an address'
  return nameOf(url) === nameOf(own) ? 'must not lead to this service' : undefined
}

function nameOf({ hostname }: URL): string {
  return hostname.replace(/\.$/, '')
}
