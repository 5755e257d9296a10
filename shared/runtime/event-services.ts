// The composition roots of the functions that publish and read events. They use the table and no key of the vault.
import { randomBytes } from 'node:crypto'
import { DynamoDbEventLog } from '#adapters/dynamodb/events/event-log.ts'
import { DynamoDbEndpoints } from '#adapters/dynamodb/webhooks/endpoints.ts'
import type { Ambient } from '#domain/ambient.ts'
import { stampFor } from '#domain/events/event.ts'
import type { EventPorts } from '#domain/events/ports.ts'
import { idMinter } from '#domain/ids.ts'
import { epochSeconds } from '#domain/time.ts'
import {
  type CredentialServices,
  type CredentialSettings,
  createCredentialServices,
  tableOf,
} from './credential-services.ts'
import { createLog } from './logger.ts'
import { sendersOn } from './senders.ts'

export type PublishingServices = EventPorts & Pick<Ambient, 'now' | 'newId' | 'log'>

interface PublishingSettings {
  readonly TABLE_NAME: string
  readonly EVENT_RETENTION_DAYS: string
  readonly WEBHOOK_QUEUE_URL: string
}

export function createPublishingServices(
  functionName: string,
  settings: PublishingSettings,
): PublishingServices {
  const table = tableOf(settings)
  const events = new DynamoDbEventLog(table)
  const now = () => epochSeconds(Date.now() / 1000)
  const newId = idMinter(Date.now, randomBytes)
  return {
    now,
    newId,
    log: createLog(functionName),
    outbox: events,
    eventLog: events,
    eventRetentionDays: Number(settings.EVENT_RETENTION_DAYS),
    subscribers: new DynamoDbEndpoints(table, stampFor({ newId, now })),
    senders: sendersOn(settings.WEBHOOK_QUEUE_URL),
  }
}

export type EventServices = CredentialServices & Pick<EventPorts, 'eventLog'>

export function createEventServices(functionName: string, settings: CredentialSettings): EventServices {
  const table = tableOf(settings)
  return {
    ...createCredentialServices(functionName, settings, table),
    eventLog: new DynamoDbEventLog(table),
  }
}
