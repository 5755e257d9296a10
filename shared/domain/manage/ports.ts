// The manage page needs the store of its links.
import type { ManageLinks } from './manage-link.ts'

export interface ManagePorts {
  readonly manageLinks: ManageLinks
}
