// The operator's command line against a service in this process: what it prints, where, and its exit codes. One command
// runs as a process of its own. Requests to the own machine are not signed.
import { spawnSync } from 'node:child_process'
import { PassThrough, Readable } from 'node:stream'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { main } from '../../infra/cli/tenants.ts'
import { type Scene, sceneOn } from '../fakes/scene.ts'
import { type ServiceInProcess, startInProcess } from '../support/service.ts'

let service: ServiceInProcess
let scene: Scene
/** For many requests in a row on a busy machine. */
const LONG_TIMEOUT_MILLISECONDS = 60_000

beforeAll(async () => {
  service = await startInProcess()
  scene = await sceneOn(service.services)
  service.services.clickfunnels.tokens.mode = 'rotating'
})
afterAll(() => service?.close())

interface Ended {
  readonly code: number | null
  readonly out: string
  readonly err: string
}

/** Runs a command with `input` on standard input. */
async function tenants(
  line: string,
  { input = '', env = {} }: { input?: string; env?: object } = {},
): Promise<Ended> {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()]
  const code = await main(line.split(' '), {
    env: { FUNNEL_CONNECT_URL: service.url, ...env },
    stdin: Readable.from([input]),
    stdout,
    stderr,
  })
  return { code, out: String(stdout.read() ?? ''), err: String(stderr.read() ?? '') }
}
const json = async (line: string, given = {}) => {
  const { out, err } = await tenants(`${line} --json`, given)
  if (out === '') throw new Error(err)
  return JSON.parse(out)
}

describe('the command line', () => {
  test(
    'is a process that ends with the exit code',
    () => {
      const ended = spawnSync(process.execPath, ['infra/cli/tenants.ts', 'tenants', 'destroy'], {
        encoding: 'utf8',
      })
      expect(ended).toMatchObject({ status: 2, stdout: '' })
      expect(ended.stderr).toContain('→ "tenants --help"')
    },
    LONG_TIMEOUT_MILLISECONDS,
  )

  test('lists all commands, those of one noun, and the options of one command', async () => {
    const all = await tenants('--help')
    expect(all).toMatchObject({ code: 0, err: '' })
    for (const name of ['tenants create', 'apps rotate-secret', 'keys create', 'revoke-all'])
      expect(all.out).toContain(`\n  ${name} `)
    expect((await tenants('apps')).out).not.toContain('tenants create')
    const one = await tenants('apps create --help')
    expect(one.out).toContain('apps create <tenant> --name <name> --client-id <id>')
    expect(one.out).toContain('never from an argument')
  })

  test.each([
    ['nothing known', 'tenants', /no command "tenants"|Usage/, 0],
    ['an unknown verb', 'tenants destroy', /There is no command "tenants destroy"/, 2],
    ['missing arguments', 'apps create', /missing: <tenant>, --name, --client-id/, 2],
    ['an unknown option', 'tenants list --al', /--al/, 2],
    ['an extra argument', 'tenants show a b', /unexpected: "b"/, 2],
    ['what is no URL', 'tenants list --url nowhere', /"nowhere" is not an http or https URL/, 2],
    ['a URL where nothing listens', 'tenants list --url http://127.0.0.1:9', /npm start/, 1],
    ['an unknown region', 'tenants list --url https://api.example.com', /--region/, 2],
    ['an unknown id', 'tenants show ten_x', /404 not_found.*\n→ Look up the id/, 1],
  ])('says what to do about %s', async (_, line, said, code) => {
    const ended = await tenants(line)
    expect(`${ended.out}${ended.err}`).toMatch(said)
    expect(ended.code).toBe(code)
  })

  test(
    'covers the life of a tenant: create, app, key, suspend, resume, delete',
    async () => {
      const created = await json('tenants create --name Acme --return-url https://acme.example/done')
      expect(created).toMatchObject({ name: 'Acme', status: 'active' })
      const { id } = created
      const app = await json(`apps create ${id} --name Main --client-id client-9`, {
        input: 'first-secret\n',
      })
      expect(app.client_secrets).toMatchObject([{ serial: 1, state: 'untried' }])
      const rotated = await tenants(`apps rotate-secret ${id} ${app.id}`, {
        env: { CLIENT_SECRET: 'second-secret' },
      })
      expect(rotated.out).toMatch(/client secrets {2}2 {3}untried .*\n +1 {3}former /)
      expect(rotated.out + rotated.err).not.toMatch(/second-secret/)
      const early = await tenants(`apps remove-secret ${id} ${app.id} 1`)
      expect(early).toMatchObject({ code: 1, err: expect.stringContaining('409 client_secret_in_use') })
      expect(await tenants(`apps remove-secret ${id} ${app.id} 1 --force`)).toMatchObject({ code: 0 })
      const trail = await tenants(`audit ${id} --action app.remove_secret`)
      expect(trail.out).toMatch(/ client_secret_in_use .*[^d]$/m)
      expect(trail.out).toMatch(/ ok .* serial 1, forced$/m)
      const key = await json(`keys create ${id} --name backend`)
      expect((await tenants(`keys list ${id}`)).out).not.toContain(key.api_key)

      expect(await tenants(`tenants delete ${id} --confirm ${id}`)).toMatchObject({
        code: 1,
        err: expect.stringContaining('tenants suspend'),
      })
      expect((await tenants(`tenants suspend ${id}`)).err).toContain('calls stop within 60 s')
      const list = await tenants('tenants list')
      expect(list.out).toMatch(new RegExp(`^ID +NAME +STATUS .*\\n${id} +Acme +suspended `))
      expect((await tenants(`tenants resume ${id}`)).err).toContain('calls work within 60 s')
      await tenants(`tenants suspend ${id}`)
      const unconfirmed = await tenants(`tenants delete ${id}`)
      expect(unconfirmed).toMatchObject({ code: 2, err: expect.stringContaining('--confirm') })
      expect(await tenants(`tenants delete ${id} --confirm ${scene.app.tenantId}`)).toMatchObject({ code: 2 })
      const deleted = await tenants(`tenants delete ${id} --confirm ${id}`)
      expect(deleted).toMatchObject({ code: 0, out: expect.stringMatching(/status +deleted/) })
      expect((await json(`tenants show ${id}`)).status).toBe('deleted')
    },
    LONG_TIMEOUT_MILLISECONDS,
  )

  test('a connection gets tags and a label, and loses them', async () => {
    const { id, tenantId } = await scene.connect()
    const annotate = (options: string) => tenants(`connections annotate ${tenantId} ${id} ${options}`)
    const given = await annotate('--tag plan=pro --tag url=a=b --label Shop')
    expect(given.out).toMatch(/label +Shop\ntags +plan=pro\n +url=a=b\n/)
    const kept = await annotate('--label=')
    expect(kept.out).toContain('plan=pro')
    expect(kept.out).not.toContain('Shop')
    expect((await annotate('--no-tags')).out).not.toContain('plan')
    expect(await annotate('--tag plan')).toMatchObject({
      code: 2,
      err: expect.stringContaining('--tag takes <key>=<value>, not "plan"'),
    })
    expect(await annotate('--tag a=b --no-tags')).toMatchObject({ code: 2 })
    const nothing = await tenants(`connections annotate ${tenantId} ${id}`)
    expect(nothing).toMatchObject({ code: 2, err: expect.stringContaining('Nothing to change') })
    expect((await tenants(`connections revoke ${tenantId} ${id}`)).code).toBe(0)
  })

  test(
    'a connection is seen, suspended, resumed, revoked; many are, with progress and a report',
    async () => {
      const connections = await scene.connectMany(20)
      const { tenantId } = scene.app
      const first = connections[0]?.id
      expect((await tenants(`connections list ${tenantId} --limit 2`)).err).toContain(
        'More with: --cursor conn_',
      )
      expect((await tenants(`connections suspend ${tenantId} ${first}`)).out).toMatch(/suspended +2026-/)
      expect(await tenants(`connections resume ${tenantId} ${first}`)).toMatchObject({
        code: 0,
        out: expect.not.stringContaining('suspended'),
      })
      expect(await tenants(`connections revoke ${tenantId} ${first}`)).toMatchObject({ code: 0 })

      expect(await tenants(`revoke-all ${tenantId}`)).toMatchObject({ code: 2 })
      const one = await tenants(`revoke-all ${tenantId} --end-user user-1 --confirm ${tenantId}`)
      expect(one.out).toMatch(/processed +1 connections in \d+ s\nrevoked +1\npending +0\nfailed +0/)
      service.services.clickfunnels.always('revoke', 'failed')
      const all = await tenants(`revoke-all ${tenantId} --all --confirm ${tenantId}`)
      expect(all).toMatchObject({
        code: 0,
        err: expect.stringContaining('18 processed: 0 revoked, 18 pending'),
      })
      const suspended = await tenants(`tenants suspend ${tenantId}`)
      expect(suspended.code).toBe(0)
      const stuck = await tenants(`tenants delete ${tenantId} --confirm ${tenantId}`)
      expect(stuck).toMatchObject({ code: 3, err: expect.stringContaining('--without-revoking') })
      service.services.clickfunnels.always('revoke')
      expect(await tenants(`tenants delete ${tenantId} --confirm ${tenantId}`)).toMatchObject({ code: 0 })
      expect(service.services.clickfunnels.tokens.live()).toEqual([])
    },
    LONG_TIMEOUT_MILLISECONDS,
  )
})

test(
  'keys with scopes, identity providers, limits, and the audit events of all of them',
  async () => {
    const { id: tenant } = await json('tenants create --name Overseen')
    const made = await json(
      `keys create ${tenant} --name reader --scope connections:read --expires 2099-01-01T00:00:00Z`,
    )
    expect(made).toMatchObject({ scopes: ['connections:read'], expires_at: '2099-01-01T00:00:00Z' })
    const successor = await json(`keys rotate ${tenant} ${made.id} --overlap 60`)
    expect(successor).toMatchObject({ name: 'reader', scopes: ['connections:read'] })
    const keys = await tenants(`keys list ${tenant}`)
    expect(keys.out).toMatch(/^ID +NAME +KEY +STATUS +SCOPES +EXPIRES /)
    expect(keys.out).toMatch(/reader .* connections:read +2099-01-01 /)
    expect(await tenants(`keys rotate ${tenant} ${successor.id} --overlap soon`)).toMatchObject({
      code: 2,
      err: expect.stringContaining('--overlap takes a whole number, not "soon"'),
    })
    const provider = await json(
      `identity-providers add ${tenant} --issuer https://id.example.com --audience api --algorithm ES256`,
    )
    expect(provider).toMatchObject({ audience: 'api', algorithms: ['ES256'], end_user_claim: 'sub' })
    expect((await tenants(`identity-providers list ${tenant}`)).out).toContain('https://id.example.com')
    const updated = await json(`identity-providers update ${tenant} ${provider.id} --end-user-claim user_id`)
    expect(updated).toMatchObject({ end_user_claim: 'user_id', algorithms: ['ES256'] })
    expect((await tenants(`identity-providers remove ${tenant} ${provider.id}`)).code).toBe(0)
    expect((await tenants(`identity-providers list ${tenant}`)).err).toContain('identity-providers add')
    const limited = await tenants(`limits set ${tenant} --connections 5`)
    expect(limited.out).toMatch(/^connections +5$/m)
    const more = await tenants(`limits set ${tenant} --requests-per-second 7`)
    expect(more.out).toMatch(/^connections +5\n.*\nrequests a second +7$/m)
    expect((await tenants(`limits set ${tenant} --connections many`)).code).toBe(2)
    expect(await tenants(`limits set ${tenant}`)).toMatchObject({
      code: 2,
      err: expect.stringContaining('limits clear'),
    })
    expect((await tenants(`limits show ${tenant}`)).out).toMatch(/^connections +5$/m)
    expect((await tenants(`limits clear ${tenant}`)).out).toMatch(/^connections +not limited/m)
    const trail = await tenants(`audit ${tenant} --limit 50`)
    expect(trail.out).toMatch(/api_key\.rotate +ok +operator arn:aws:iam/)
    expect(trail.out).toContain(`successor ${successor.id}`)
    expect(trail.out).toMatch(/tenant\.update +ok .* limits$/m)
    expect(trail.out).toMatch(/identity_provider\.update +ok .* end_user_claim$/m)
    expect((await tenants(`audit ${tenant} --action identity_provider.delete`)).out).toContain(provider.id)
  },
  LONG_TIMEOUT_MILLISECONDS,
)

test(
  'an application is suspended and resumed: calls of its connections stop within a minute, then work again',
  async () => {
    const other = await sceneOn(service.services)
    const { app } = other
    const { id: connection } = await other.connect()
    const { api_key: key } = await json(`keys create ${app.tenantId} --name backend`)
    const call = async () => {
      const { status, json } = await service.call(
        'GET',
        `/v1/connections/${connection}/funnels`,
        undefined,
        key,
      )
      return [status, json.code]
    }
    expect(await call()).toEqual([200, undefined])

    const suspended = await tenants(`apps suspend ${app.tenantId} ${app.id}`)
    expect(suspended).toMatchObject({ code: 0, err: '' })
    expect(suspended.out).toMatch(/^status +suspended\nsuspended +\d{4}-\d\d-\d\d .*$/m)
    expect((await tenants(`apps list ${app.tenantId}`)).out).toMatch(
      new RegExp(`^${app.id} .* suspended `, 'm'),
    )
    service.pass(60)
    expect(await call()).toEqual([403, 'app_suspended'])

    const resumed = await tenants(`apps resume ${app.tenantId} ${app.id}`)
    expect(resumed).toMatchObject({ code: 0, err: '', out: expect.stringMatching(/^status +active$/m) })
    expect(resumed.out).not.toContain('suspended')
    service.pass(60)
    expect(await call()).toEqual([200, undefined])

    const { data } = await json(`audit ${app.tenantId} --action app.update`)
    expect(data).toMatchObject([{ reason: 'status active' }, { reason: 'status suspended' }])
    const stranger = await json('tenants create --name Stranger')
    for (const verb of ['suspend', 'resume']) {
      expect((await tenants(`apps ${verb} ${app.tenantId}`)).code).toBe(2)
      expect(await tenants(`apps ${verb} ${stranger.id} ${app.id}`)).toMatchObject({
        code: 1,
        out: '',
        err: expect.stringContaining('404 not_found'),
      })
    }
  },
  LONG_TIMEOUT_MILLISECONDS,
)

test('the audit event of a tenant that was created with an identity provider names it', async () => {
  const identity_provider = { issuer: 'https://came.example.com', audience: 'api' }
  const { json: made } = await service.call('POST', '/v1/tenants', { name: 'Complete', identity_provider })
  const { data } = await json(`audit ${made.id}`)
  expect(data).toMatchObject([
    { action: 'tenant.create', reason: `identity_provider ${made.identity_provider.id}` },
  ])
})

test('a deployed API gets signed requests, made by the signer of the AWS SDK', async () => {
  const { signerFor } = await import('../../infra/cli/sign.ts')
  Object.assign(process.env, { AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE', AWS_SECRET_ACCESS_KEY: 'secret' })
  const url = new URL('https://abc.execute-api.eu-central-1.amazonaws.com/v1/tenants?limit=2')
  const headers = await signerFor(url, undefined)({ method: 'GET', url, headers: {}, body: undefined })
  expect(headers.authorization).toMatch(
    /^AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE\/\d{8}\/eu-central-1\/execute-api\/aws4_request, SignedHeaders=host;x-amz-/,
  )
})
