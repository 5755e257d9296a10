// Apps: a tenant's applications at ClickFunnels.
import { appChangeSchema, appSchema, newAppSchema, secretRemovalSchema } from '#http/wire/app.ts'
import { listOf } from '#http/wire/shaped.ts'
import { type Bodies, time } from './body.ts'
import { APP } from './samples.ts'

const app = {
  id: APP,
  name: 'Example',
  status: 'active',
  client_id: 'the-client-id',
  client_secrets: [{ serial: 1, state: 'in_use', created_at: '2026-03-01T08:05:00Z' }],
  redirect_uri: `https://connect.example.com/v1/callback/${APP}`,
  health: { status: 'working' },
  created_at: '2026-03-01T08:05:00Z',
  updated_at: '2026-03-01T08:05:00Z',
}

export const apps = {
  schemas: {
    AppRequest: newAppSchema,
    AppChange: appChangeSchema,
    App: appSchema,
    AppList: listOf(appSchema),
    ClientSecretRemoval: secretRemovalSchema,
  },
  examples: {
    AppRequest: { name: app.name, client_id: app.client_id, client_secret: 'the-client-secret' },
    AppChange: { client_secret: 'the-next-client-secret' },
    App: app,
    AppList: { data: [app] },
  },
  fields: {
    'AppList.data': { description: "All of the tenant's apps, oldest first." },
    'App.name': { description: 'Name of the app, shown to the operator only.' },
    'App.status': {
      description:
        'Current status. `active`: everything works. `suspended`: its connections are neither called nor refreshed.',
    },
    'AppChange.status': {
      description:
        '`suspended` stops calls within 60 seconds and refreshes at once; nothing is lost. `active` resumes the app within 60 seconds.',
    },
    client_id: { description: "The application's client id, as ClickFunnels shows it." },
    client_secret: {
      description:
        "The application's client secret, as ClickFunnels shows it. It is stored encrypted and never shown again.",
      writeOnly: true,
    },
    'AppChange.client_secret': {
      description:
        'A new client secret. The one that works now is kept beside it until it is removed, so that calls go on during the change. It is stored encrypted and never shown again.',
      writeOnly: true,
    },
    client_secrets: {
      description: "The app's client secrets, newest first. The secrets themselves are never shown.",
    },
    serial: { description: 'Number of the client secret: 1 for the first one, then counting up.' },
    state: {
      description:
        'What is known of the client secret. `untried`: it was not used yet. `in_use`: ClickFunnels accepted it the last time. `refused`: ClickFunnels did not accept it. `former`: it is kept beside the one in use.',
    },
    'client_secrets.created_at': time('When the client secret was stored.'),
    redirect_uri: {
      description:
        'Redirect URI of the app. Enter it in the settings of the application at ClickFunnels, exactly as it is.',
      format: 'uri',
    },
    'AppChange.event_types': {
      description:
        "Types of ClickFunnels' events that the tenant wants, for example `contact.identified`. For each connection of the app, this service creates an endpoint in its workspace at ClickFunnels, now or within a day. `platform_application.disconnected` is always among them, so an empty list means that type alone. `null` deletes the endpoints. Default: unchanged.",
    },
    'AppChange.webhook_secret': {
      description:
        'The secret that ClickFunnels shows for an endpoint which you created yourself with `events_url`: 64 hex characters. It is stored encrypted and never shown again.',
      writeOnly: true,
    },
    'App.event_types': {
      description: "Types of ClickFunnels' events that the tenant wants. Absent if it wants none.",
    },
    'App.events_url': {
      description:
        'URL for an endpoint of the app itself, which you can create in your own workspace at ClickFunnels. Absent until `event_types` is set.',
      format: 'uri',
    },
    health: { description: "Whether ClickFunnels accepts the app's credentials and answers." },
    'health.status': {
      description:
        '`working`: no trouble is known. `credentials_refused`: ClickFunnels refuses the client id or every client secret; store the right one. `provider_down`: ClickFunnels does not answer for this app. `connections_refused`: ClickFunnels refuses many connections of this app and accepts none, so none of them is ended for now.',
    },
    since: time('When the trouble began. Absent if the status is `working`.'),
    refused_connections: {
      description:
        'How many connections of the app ClickFunnels refused since it last accepted one. Counting stops at 6. Absent if there are none.',
    },
    ends_held_until: time(
      'Until when no connection of the app is ended, because ClickFunnels refuses so many. Absent if it refuses few or none.',
    ),
    force: {
      description:
        '`true` removes the client secret even if no other one is known to work. The last one is never removed. Default: `false`.',
    },
  },
} satisfies Bodies
