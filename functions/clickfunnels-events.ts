// Where ClickFunnels delivers events. It is answered when the event is stored. A report that an app was disconnected is followed
// after the answer.
import { followReport } from '#domain/feeds/follow-report.ts'
import { receiveEvent } from '#domain/feeds/receive-event.ts'
import { json, noContent } from '#http/message/answer.ts'
import { httpHandler } from '#http/stack.ts'
import type { Services } from '#runtime/all-services.ts'
import { onLambda } from '#runtime/lambda.ts'
import { createServices } from '#runtime/services.ts'

export const clickfunnelsEvents = (services: Services) =>
  httpHandler<'clickfunnels-events'>(services, {
    'POST /v1/clickfunnels-events/{ingest_id}': async ({ pathParameters, headers, body, deadline }) => {
      const received = await receiveEvent(services, {
        ingestId: pathParameters.ingest_id ?? '',
        timestamp: headers['x-webhook-clickfunnels-timestamp'],
        signature: headers['x-webhook-clickfunnels-signature'],
        body: body ?? new Uint8Array(),
      })
      const { feed, reported, outcome } = received
      if (reported.length > 0)
        services.background.start(() => followReport(services, feed, reported, deadline))
      return outcome === 'ignored' ? noContent : json(202, { status: outcome })
    },
  })

export const handler = await onLambda(
  'clickfunnels-events',
  createServices,
  clickfunnelsEvents,
  () => import('#runtime/extension.ts'),
)
