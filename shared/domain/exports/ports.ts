// What an export needs besides the stores: the tenant's public key, the sealing to it, and whether the deployment allows exports.
import type { ExportKeys, PublicKey } from './export-key.ts'

/** Seals one payload: a JWE in compact serialization (RFC 7516 section 7.1). */
export type SealJwe = (payload: object) => Promise<string>

export interface JweSealer {
  /** The RFC 7638 thumbprint of a key, in base64url. `undefined` if nothing can be sealed to the key. */
  thumbprintOf(key: PublicKey): Promise<string | undefined>
  /** Gets what seals to a key. The header of each JWE has the thumbprint as "kid". */
  sealTo(key: PublicKey & { readonly thumbprint: string }): Promise<SealJwe>
}

export interface ExportPorts {
  readonly exportKeys: ExportKeys
  readonly jweSealer: JweSealer
  /** off: no export. on: to the key that the tenant registered. Else the thumbprint of the only key to which an export is sealed. */
  readonly sealedExport: string
}

/** The same for a process, which loads most of it at the first use: hardly any process ever sees an export. */
export interface LazyExportPorts extends Pick<ExportPorts, 'sealedExport'> {
  exportTools(): Promise<Pick<ExportPorts, 'exportKeys' | 'jweSealer'>>
}
