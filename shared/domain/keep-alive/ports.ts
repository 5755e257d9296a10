// The schedule needs the index of connections that are due.
import type { DueIndex } from './due.ts'

export interface KeepAlivePorts {
  readonly dueIndex: DueIndex
}
