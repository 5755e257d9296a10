// How the command line prints names that others chose, and its errors when another server than the API answers.
import { PassThrough, Readable } from 'node:stream'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { operatorApi } from '../../infra/cli/api.ts'
import { Output, printable } from '../../infra/cli/output.ts'
import { main } from '../../infra/cli/tenants.ts'
import { listenOnLoopback } from '../../infra/local/loopback-server.ts'

const ESCAPE = '\u001b[2J'
const FORGED = `eve\nconn_forged  admin ${ESCAPE}\u009b31m\u202e`

function output(json: boolean) {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()]
  const written = () => `${stdout.read() ?? ''}${stderr.read() ?? ''}`
  return { out: new Output(json, stdout, stderr), written }
}

describe('a name that others chose', () => {
  test('neither steers the terminal nor forges a line', () => {
    const { out, written } = output(false)
    out.table({ data: [{ id: FORGED }, { id: 'bob' }] }, [['ID', ({ id }) => id]], '')
    const lines = written().trimEnd().split('\n')
    expect(lines).toEqual(['ID', 'eve\\u000aconn_forged  admin \\u001b[2J\\u009b31m\\u202e', 'bob'])
    out.record({ name: FORGED, urls: ['a', 'b'] }, [
      ['name', ({ name }) => name],
      ['URLs', ({ urls }) => urls.join('\n')],
    ])
    const [name, ...urls] = written().trimEnd().split('\n')
    expect(name).toMatch(/^name {2}eve\\u000aconn_forged/)
    expect(urls).toEqual(['URLs  a', '      b'])
    out.say(`${FORGED} is suspended`)
    const said = written()
    expect(said).toContain('\\u001b[2J')
    expect(said).not.toContain('\u001b')
  })

  test('is the same text in JSON, without control characters', () => {
    const { out, written } = output(true)
    out.record({ name: FORGED }, [])
    const text = written()
    for (const obeyed of ['\u001b', '\u009b', '\u202e']) expect(text).not.toContain(obeyed)
    expect(JSON.parse(text)).toEqual({ name: FORGED })
  })

  test('stays readable in any script', () => {
    expect(printable('日本語 – Ünï ❤️ می‌خواهم')).toBe('日本語 – Ünï ❤️ می‌خواهم')
  })
})

describe('another server than the API', () => {
  let other: Awaited<ReturnType<typeof listenOnLoopback>>
  beforeAll(async () => {
    other = await listenOnLoopback(0, ({ url }, response) => {
      const moved = url?.includes('moved')
      response.writeHead(moved ? 301 : 200, moved ? { location: 'https://elsewhere.example/' } : {})
      response.end(moved ? '' : '<html>')
    })
  })
  afterAll(() => other?.close())

  test.each(['a page', 'moved'])('is named for what it is: %s', async (path) => {
    const call = operatorApi(other.url, undefined).call('GET', `/${encodeURIComponent(path)}`)
    await expect(call).rejects.toMatchObject({ exitCode: 1, next: expect.stringContaining('--url') })
  })

  test('ends a command with what to do next', async () => {
    const stderr = new PassThrough()
    const io = { env: {}, stdin: Readable.from(['']), stdout: new PassThrough(), stderr }
    expect(await main(['tenants', 'list', '--url', other.url], io)).toBe(1)
    expect(String(stderr.read())).toMatch(/is not Funnel Connect's API.*\n→ Check --url/)
  })
})
