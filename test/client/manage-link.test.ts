// A back end makes a link to the manage page.
import { expect, test } from 'vitest'
import { createManageLink } from '../../client/src/server.ts'
import { startService } from './service.ts'

test('a link is asked for with the API key, and given back as the service answers', async () => {
  const link = { id: 'ml_1', manage_url: 'https://connect.example.com/v1/manage?link=secret' }
  const service = await startService(() => ({ status: 201, json: link }))
  const request = { end_user: { id: 'user-1' }, return_url: 'https://acme.example/settings' }
  expect(await createManageLink({ url: service.url, apiKey: 'fc_key' }, request)).toEqual(link)
  expect(service.asked[0]).toMatchObject({
    method: 'POST',
    path: '/v1/manage-links',
    body: JSON.stringify(request),
  })
})
