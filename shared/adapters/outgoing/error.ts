// What can go wrong with a request to ClickFunnels, and how much of it may have happened.

/**
 * unreachable: the request was never sent. untrusted: it was not, because the other side did not prove who it is (TLS).
 * timeout, lost: it may have been carried out. too_large: the answer is larger than can be handed on. invalid: the request
 * holds characters that HTTP cannot carry.
 */
export type OutgoingFault = 'unreachable' | 'untrusted' | 'timeout' | 'lost' | 'too_large' | 'invalid'

export class OutgoingError extends Error {
  override readonly name = 'OutgoingError'
  readonly fault: OutgoingFault
  /** Of an answer that is too large: what it says, or what had come by then. */
  readonly size: number | undefined

  constructor(fault: OutgoingFault, detail: string, size?: number) {
    super(detail)
    this.fault = fault
    this.size = size
  }
}

/** Of a failed connection, as Node and OpenSSL name it. */
export function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'the connection broke'
}

/** Codes of Node and OpenSSL for a handshake or a certificate that failed. */
export const TLS_FAULT = /CERT|TLS|SSL|EPROTO|SIGNATURE/
