// A lookup for connections to hosts that others name. It judges the addresses that the connection then uses, so that a name cannot
// lead elsewhere after it was checked (DNS rebinding). One address that is not public refuses the whole name.
import { lookup } from 'node:dns'
import { isIP, type LookupFunction } from 'node:net'
import { isPublicAddress } from './public-address.ts'

export class AddressRefused extends Error {
  override readonly name = 'AddressRefused'

  constructor(host: string) {
    super(`"${host}" is not a public host`)
  }
}

export interface Guard {
  readonly lookup: LookupFunction
  /** @throws AddressRefused for a host that is an address, of which there is no lookup */
  checkHost(host: string): void
}

/** @param local whether this machine's own addresses are accepted, because the service itself runs on loopback */
export function guardedLookup(local: boolean, resolve: typeof lookup = lookup): Guard {
  const acceptable = (address: string) => isPublicAddress(address) || (local && isLoopbackAddress(address))
  return {
    lookup: (hostname, options, done) => {
      resolve(hostname, { ...options, all: true }, (error, addresses) => {
        if (error) return done(error, '')
        const refused = addresses.some(({ address }) => !acceptable(address))
        const [first] = addresses
        if (refused || first === undefined) return done(new AddressRefused(hostname), '')
        if (options.all) return done(null, addresses)
        done(null, first.address, first.family)
      })
    },
    checkHost: (host) => {
      const bare = host.replace(/^\[|\]$/g, '')
      if (isIP(bare) !== 0 && !acceptable(bare)) throw new AddressRefused(bare)
    },
  }
}

function isLoopbackAddress(address: string): boolean {
  return address === '::1' || /^127\./.test(address)
}
