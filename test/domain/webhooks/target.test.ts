// Where a tenant may have webhooks sent to.
import { expect, test } from 'vitest'
import { faultOfTarget } from '#domain/webhooks/target.ts'

const DEPLOYED = 'https://abc.execute-api.eu-central-1.amazonaws.com'
const LOCAL = 'http://127.0.0.1:4600'

test.each([
  'https://saas.example.com/hooks?x=1',
  'https://saas.example.com:443/hooks',
  'https://xn--bcher-kva.example/',
])('%s is accepted', (url) => {
  expect(faultOfTarget(url, DEPLOYED)).toBeUndefined()
  expect(faultOfTarget(url, LOCAL)).toBeUndefined()
})

test.each([
  'not a URL',
  'http://saas.example.com/',
  'ftp://saas.example.com/',
  'https://saas.example.com:8443/',
  'https://user:pass@saas.example.com/',
  'https://saas.example.com/#x',
  'https://10.0.0.1/',
  'https://93.184.215.14/',
  'https://2130706433/',
  'https://[2606:4700::1111]/',
  'https://[::ffff:169.254.169.254]/',
  'https://intranet/',
  'https://metadata.google.internal/',
  'https://printer.local/',
  'https://x.localhost./',
  'http://127.0.0.1:3000/',
  'https://localhost/',
  DEPLOYED,
  'https://ABC.execute-api.eu-central-1.amazonaws.com./v1/events',
])('%s is refused', (url) => expect(faultOfTarget(url, DEPLOYED)).toMatch(/^must/))

test('on the local stack a server of this machine is accepted, but not the stack itself', () => {
  expect(faultOfTarget('http://127.0.0.1:3000/hook', LOCAL)).toBeUndefined()
  expect(faultOfTarget('http://localhost:3000/hook', LOCAL)).toBeUndefined()
  expect(faultOfTarget(`${LOCAL}/v1/events`, LOCAL)).toMatch(/^must/)
  expect(faultOfTarget('http://10.0.0.1/', LOCAL)).toMatch(/^must/)
})
