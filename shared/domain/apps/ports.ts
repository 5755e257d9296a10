// Apps need a store.
import type { Apps } from './app.ts'

export interface AppStorePorts {
  readonly apps: Apps
}
