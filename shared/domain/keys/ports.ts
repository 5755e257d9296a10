// Key rotation needs every sealed record, and where its last run stopped.
import type { RotationProgressStore, SealedRecords } from './sealed-records.ts'

export interface KeyPorts {
  readonly sealedRecords: SealedRecords
  readonly rotationProgress: RotationProgressStore
}
