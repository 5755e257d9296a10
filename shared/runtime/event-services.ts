// The composition roots of the functions that publish and read events. They use the table and no key of the vault.
import { DynamoDbEventLog } from '#adapters/dynamodb/events/event-log.ts'
import type { Ambient } from '#domain/ambient.ts'
import type { EventPorts } from '#domain/events/ports.ts'
import { epochSeconds } from '#domain/time.ts'
import {
  type CredentialServices,
  type CredentialSettings,
  createCredentialServices,
  tableOf,
} from './credential-services.ts'
import { createLog } from './logger.ts'

export type PublishingServices = EventPorts & Pick<Ambient, 'now' | 'log'>

export function createPublishingServices(
  functionName: string,
  settings: { readonly TABLE_NAME: string; readonly EVENT_RETENTION_DAYS: string },
): PublishingServices {
  const events = new DynamoDbEventLog(tableOf(settings))
  return {
    now: () => epochSeconds(Date.now() / 1000),
    log: createLog(functionName),
    outbox: events,
    eventLog: events,
    eventRetentionDays: Number(settings.EVENT_RETENTION_DAYS),
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
