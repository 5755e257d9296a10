// Key rotation needs every record that holds seals, and where its last run stopped.
import type { KeyRotationProgressStore, SealedRecords } from './sealed-records.ts'

export interface KeyPorts {
  readonly sealedRecords: SealedRecords
  readonly keyRotationProgress: KeyRotationProgressStore
}
