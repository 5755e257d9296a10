// Which addresses are public. Our functions fetch from hosts that operators name. None of them may lead to a metadata
// endpoint, this machine or a private network (server-side request forgery).
import { BlockList, isIP } from 'node:net'

/** The entries of IANA's special-purpose registry at which something could listen. */
const NOT_PUBLIC: readonly (readonly [network: string, prefix: number])[] = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
]
/** Global unicast, without documentation and without what wraps IPv4 addresses (6to4, Teredo). */
const GLOBAL_UNICAST = ['2000::', 3] as const
const NOT_PUBLIC_IPV6: readonly (readonly [network: string, prefix: number])[] = [
  ['2001::', 32],
  ['2001:db8::', 32],
  ['2002::', 16],
]

const refused = new BlockList()
for (const [network, prefix] of NOT_PUBLIC) refused.addSubnet(network, prefix, 'ipv4')
for (const [network, prefix] of NOT_PUBLIC_IPV6) refused.addSubnet(network, prefix, 'ipv6')
const unicast = new BlockList()
unicast.addSubnet(...GLOBAL_UNICAST, 'ipv6')

export function isPublicAddress(address: string): boolean {
  switch (isIP(address)) {
    case 4:
      return !refused.check(address, 'ipv4')
    case 6:
      return unicast.check(address, 'ipv6') && !refused.check(address, 'ipv6')
    default:
      return false
  }
}
