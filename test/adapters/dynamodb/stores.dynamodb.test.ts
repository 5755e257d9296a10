// The stores on DynamoDB keep the contracts of the ports.
import { afterAll, afterEach, beforeAll, describe } from 'vitest'
import { allStoresContract } from '../../contracts/all-stores.ts'
import { type Backend, openBackend } from '../backend.ts'

let backend: Backend
beforeAll(async () => {
  backend = await openBackend()
})
afterEach(() => backend.emptyExternal())
afterAll(() => backend.close())

describe('the DynamoDB stores', () => {
  const open = () => backend.stores
  allStoresContract(open)
})
