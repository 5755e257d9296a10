// Manage links.
import { manageLinkRequestSchema, manageLinkSchema } from '#http/wire/manage-link.ts'
import type { Bodies } from './body.ts'
import { APP, END_USER } from './samples.ts'

export const manageLinks = {
  schemas: { ManageLinkRequest: manageLinkRequestSchema, ManageLink: manageLinkSchema },
  examples: {
    ManageLinkRequest: { end_user: END_USER, return_url: 'https://app.example.com/settings' },
    ManageLink: {
      id: 'ml_01k2q8v6100123456789abcdef',
      manage_url: 'https://connect.example.com/v1/manage?link=the-link-secret',
      app_id: APP,
      end_user: END_USER,
      expires_at: '2026-03-01T09:30:00Z',
    },
  },
  fields: {
    'ManageLinkRequest.end_user': {
      description: 'The end user whose connections the page shows: the one who is logged in to the product.',
    },
    'ManageLinkRequest.return_url': {
      description:
        'Where “Done” on the page leads, such as `https://app.example.com/settings`. It must lie under a `return_urls` entry of the tenant, as for a connect session.',
    },
    'ManageLinkRequest.app_id': {
      description: "Id of the tenant's app for new connections. Default: the tenant's first app.",
    },
    'ManageLink.id': { description: 'Id of the link, which the audit trail names. It opens nothing.' },
    'ManageLink.app_id': { description: 'Id of the app for new connections.' },
    'ManageLink.expires_at': { description: 'When the link runs out, if it is not opened before.' },
    manage_url: {
      description:
        "Link for the end user's browser. It works once and for 30 minutes. It is in this answer and in no other.",
      format: 'uri',
    },
  },
} satisfies Bodies
