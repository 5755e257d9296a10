// ClickFunnels' funnels: the members that it documents. Other members pass as well.
import * as z from 'zod/mini'
import { type Bodies, time } from './body.ts'

const text = z.string()

const funnel = z.looseObject({
  id: z.int(),
  public_id: z.optional(text),
  workspace_id: z.optional(z.int()),
  name: text,
  current_path: z.optional(z.nullable(text)),
  live_mode: z.optional(z.boolean()),
  created_at: z.optional(text),
  updated_at: z.optional(text),
})

export const funnels = {
  schemas: {
    Funnel: funnel,
    FunnelPage: z.array(funnel),
  },
  examples: {
    FunnelPage: [
      {
        id: 88211,
        public_id: 'aBcDeF',
        workspace_id: 20417,
        name: 'Spring workshop',
        current_path: '/spring-workshop',
        live_mode: true,
        created_at: '2026-02-11T10:00:00Z',
        updated_at: '2026-02-20T16:30:00Z',
      },
    ],
  },
  fields: {
    'Funnel.id': { description: "ClickFunnels' id of the funnel." },
    public_id: { description: "ClickFunnels' public id of the funnel." },
    workspace_id: { description: "ClickFunnels' id of the workspace that the funnel belongs to." },
    'Funnel.name': { description: 'Name of the funnel.' },
    current_path: { description: 'Path of the funnel on its site, such as `/spring-workshop`.' },
    live_mode: { description: 'True if the funnel is live.' },
    'Funnel.created_at': time('When the funnel was created.'),
    'Funnel.updated_at': time('When the funnel was last changed.'),
  },
} satisfies Bodies
