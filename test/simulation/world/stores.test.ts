// The real stores keep their contracts on the world in memory, as they do on the embedded DynamoDB.
import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { describe } from 'vitest'
import { Table } from '#adapters/dynamodb/table.ts'
import { storesOn } from '../../adapters/backend.ts'
import { allStoresContract } from '../../contracts/all-stores.ts'
import { OUR_AWS, TABLE } from './our-aws.ts'
import { requestHandlerOf } from './request-handler.ts'
import { World } from './world.ts'

describe('the DynamoDB stores on the simulated AWS', () => {
  const world = new World(OUR_AWS, 1)
  const client = new DynamoDBClient({
    region: 'us-east-1',
    credentials: { accessKeyId: 'simulated', secretAccessKey: 'simulated' },
    requestHandler: requestHandlerOf(world, Date.now),
  })
  const stores = storesOn(new Table(client, TABLE.name))
  allStoresContract(() => stores)
})
