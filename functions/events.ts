// The event log of a tenant.
import { listEvents } from '#domain/events/list-events.ts'
import { authentication } from '#http/credentials/authenticate.ts'
import { json } from '#http/message/answer.ts'
import { parseQuery } from '#http/message/parse.ts'
import { queryParameters } from '#http/message/request.ts'
import { httpHandler } from '#http/stack.ts'
import { eventPageJson, eventQuerySchema } from '#http/wire/event.ts'
import { createEventServices, type EventServices } from '#runtime/event-services.ts'
import { onLambda } from '#runtime/lambda.ts'

export const events = (services: EventServices) =>
  httpHandler<'events'>(
    { ...services, ...authentication(services) },
    {
      'GET /v1/events': async (request, caller) => {
        const query = parseQuery(eventQuerySchema, queryParameters(request))
        return json(200, eventPageJson(await listEvents(services, caller, query)))
      },
    },
  )

export const handler = await onLambda('events', createEventServices, events)
