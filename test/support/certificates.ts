// A certificate authority for one test (RFC 5280), as much of one as a TLS client looks at. Node reads certificates and
// makes none, and a test must not depend on a command that a machine may lack.
import { generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto'

export interface Certificate {
  /** In PEM, as node:tls takes them. */
  readonly cert: string
  readonly key: string
}

export interface Authority {
  /** The authority's own certificate, to be trusted. */
  readonly cert: string
  /** A certificate for a host on loopback. */
  issue(host: string, expiresAt?: Date): Certificate
}

const DAY = 24 * 60 * 60 * 1000
/** Object identifiers, encoded. */
const ECDSA_WITH_SHA256 = sequence(Buffer.from('06082a8648ce3d040302', 'hex'))
const COMMON_NAME = Buffer.from('0603550403', 'hex')
const BASIC_CONSTRAINTS = Buffer.from('0603551d13', 'hex')
const SUBJECT_ALTERNATIVE_NAME = Buffer.from('0603551d11', 'hex')
const TRUE = Buffer.from('0101ff', 'hex')

export function newAuthority(): Authority {
  const name = `Test authority ${randomBytes(4).toString('hex')}`
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const signed = (subject: string, key: KeyObject, extension: Buffer, expiresAt: Date) =>
    certificate({ issuer: name, subject, key, extension, expiresAt }, privateKey)
  const isAuthority = sequence(BASIC_CONSTRAINTS, TRUE, der(0x04, sequence(TRUE)))
  const tomorrow = () => new Date(Date.now() + DAY)
  return {
    cert: signed(name, publicKey, isAuthority, tomorrow()),
    issue: (host, expiresAt = tomorrow()) => {
      const own = generateKeyPairSync('ec', { namedCurve: 'P-256' })
      const extension = sequence(SUBJECT_ALTERNATIVE_NAME, der(0x04, sequence(generalName(host))))
      return {
        cert: signed(host, own.publicKey, extension, expiresAt),
        key: own.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
      }
    },
  }
}

interface Contents {
  readonly issuer: string
  readonly subject: string
  readonly key: KeyObject
  readonly extension: Buffer
  readonly expiresAt: Date
}

function certificate({ issuer, subject, key, extension, expiresAt }: Contents, signer: KeyObject): string {
  const version3 = der(0xa0, der(0x02, Buffer.of(2)))
  const serial = der(0x02, Buffer.concat([Buffer.of(1), randomBytes(8)]))
  const validity = sequence(utcTime(new Date(expiresAt.getTime() - 2 * DAY)), utcTime(expiresAt))
  const tbs = sequence(
    version3,
    serial,
    ECDSA_WITH_SHA256,
    distinguishedName(issuer),
    validity,
    distinguishedName(subject),
    key.export({ type: 'spki', format: 'der' }),
    der(0xa3, sequence(extension)),
  )
  const signature = der(0x03, Buffer.of(0), sign('sha256', tbs, signer))
  const lines =
    sequence(tbs, ECDSA_WITH_SHA256, signature)
      .toString('base64')
      .match(/.{1,64}/g) ?? []
  return ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----', ''].join('\n')
}

function distinguishedName(commonName: string): Buffer {
  return sequence(der(0x31, sequence(COMMON_NAME, der(0x0c, Buffer.from(commonName)))))
}

function generalName(host: string): Buffer {
  const isAddress = /^[\d.]+$/.test(host)
  return isAddress ? der(0x87, Buffer.from(host.split('.').map(Number))) : der(0x82, Buffer.from(host))
}

function utcTime(date: Date): Buffer {
  return der(0x17, Buffer.from(date.toISOString().replaceAll(/^\d\d|[-:T]|\.\d+/g, '')))
}

function sequence(...parts: readonly Buffer[]): Buffer {
  return der(0x30, ...parts)
}

/** Tag, length, contents (X.690). */
function der(tag: number, ...parts: readonly Buffer[]): Buffer {
  const contents = Buffer.concat(parts)
  const { length } = contents
  const size = length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff]
  return Buffer.concat([Buffer.of(tag, ...size), contents])
}
