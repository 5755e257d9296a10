// Which members of the provider's description of a workspace are read, and which are left out.
import { expect, test } from 'vitest'
import { workspaceFrom } from '#adapters/clickfunnels/workspace.ts'
import { CLICKFUNNELS } from '../../fakes.ts'

const from = (json: unknown) => workspaceFrom(CLICKFUNNELS, json)

test('a workspace is read from all its members', () => {
  const json = {
    workspace_id: 20417,
    workspace_name: 'Acme',
    workspace_url: 'https://acme.myclickfunnels.com',
    team_id: '7',
    team_name: 'Acme Inc.',
  }
  expect(from(json)).toEqual({
    id: '20417',
    name: 'Acme',
    host: 'acme.myclickfunnels.com',
    teamId: '7',
    teamName: 'Acme Inc.',
  })
})

test.each([undefined, null, 'text', 7, [], {}])('%j is no workspace', (json) => {
  expect(from(json)).toEqual({})
})

test.each(['.', '..', 'a/b', '1?x', '', ' ', 1.5, true, {}])(
  'the id %j would bend a path, and is left out',
  (workspace_id) => {
    expect(from({ workspace_id })).toEqual({})
  },
)

test.each(['http://acme.myclickfunnels.com', 'https://acme.myclickfunnels.com.evil.example', 'acme', 7])(
  'the URL %j is not one to send a token to, and is left out',
  (workspace_url) => {
    expect(from({ workspace_url })).toEqual({})
  },
)

test('a name is cut to a length, and made well-formed', () => {
  expect(from({ workspace_name: 'x'.repeat(500) }).name).toHaveLength(200)
  expect(from({ workspace_name: 'a\ud800' }).name).toBe('a\ufffd')
})
