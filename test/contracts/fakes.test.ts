// The fakes keep the contracts of the real adapters, so what domain tests show on fakes holds for both.
import { beforeEach, describe } from 'vitest'
import { type FakeServices, fakeServices } from '../fakes.ts'
import { allStoresContract } from './all-stores.ts'
import { issuerPromiseContract } from './issuer-promise.ts'
import { tenantKeysContract } from './tenant-keys.ts'
import { vaultContract } from './vault.ts'

let services: FakeServices
beforeEach(() => {
  services = fakeServices()
})

describe('the fakes', () => {
  allStoresContract(() => services)
  vaultContract(() => services.vault)
  issuerPromiseContract(
    () => services.clickfunnels.issuerPromise(),
    (metadata) => {
      services.clickfunnels.metadata = metadata
    },
  )
  tenantKeysContract(
    () => services,
    () => 'arn:aws:kms:us-east-1:111122223333:key/own',
  )
})
