// The command "connections import". It calls the API as a tenant's back end does, with an API key that has the scope
// connections:import, so the operator's credentials never come near a tenant's tokens.
import { setTimeout as sleep } from 'node:timers/promises'
import type { Command, Context } from './command.ts'
import { CHECK_URL, CliError, refusalOf, UnfinishedError } from './faults.ts'
import { batchesOf, type Line, linesOf } from './import-file.ts'
import { ImportReport, type ItemResult } from './import-report.ts'
import type { Json } from './json.ts'

/** Longer than API Gateway's 30 s, because its answer says more than our timeout. */
const DEADLINE_MILLISECONDS = 35_000
/** To send an item again is harmless, so faults that may pass are repeated. */
const MAX_ATTEMPTS = 5
const FIRST_PAUSE_MILLISECONDS = 1000
/** How often items are sent of which ClickFunnels has not said clearly whether it accepts them. */
const MAX_PASSES = 3
const PASS_PAUSE_MILLISECONDS = 5000

export const IMPORT_COMMAND: Command = {
  about: 'Imports connections whose tokens another system holds, from a file with one item a line.',
  takes: [],
  options: {
    file: { value: 'file', about: 'the items, one JSON object a line', required: true },
    app: { value: 'app', about: "the app that the tokens belong to (default: the tenant's first app)" },
    report: { value: 'file', about: 'where the results are written (default: <file>.report.ndjson)' },
    'dry-run': { about: 'prove and report, and store nothing (report: <file>.dry-run.ndjson)' },
  },
  more: [
    'A line is an item as in POST /v1/connections/import:',
    '{"end_user": {"id": "…"}, "access_token": "…", "refresh_token": "…", "expires_at": "…", "tags": {…}}',
    'The report has the number of each line and its result, and no token. You can stop the command and run it again: it goes',
    'on with the lines that have no result yet. docs/migrate.md explains each status.',
    'The API key needs the scope connections:import. It is read from $FUNNEL_CONNECT_KEY or standard input, never from an',
    'argument. The key names the tenant.',
  ].join('\n'),
  run: importFile,
}

async function importFile({ api, out, terminal, values }: Context): Promise<void> {
  const file = values.text('file') ?? ''
  const [app_id, dry_run] = [values.text('app'), values.flag('dry-run')]
  const key = await terminal.secret('API key', 'FUNNEL_CONNECT_KEY')
  const fallback = `${file}.${dry_run ? 'dry-run' : 'report'}.ndjson`
  const report = new ImportReport(values.text('report') ?? fallback, dry_run)
  const stop = terminal.interruption()
  const send = (connections: readonly Json[]) =>
    sent(`${api.url}/v1/connections/import`, key, { ...(app_id && { app_id }), dry_run, connections }, stop)

  for (let pass = 1; pass <= MAX_PASSES && !stop.aborted; pass++) {
    if (pass > 1) await sleep(PASS_PAUSE_MILLISECONDS, undefined, { signal: stop }).catch(() => undefined)
    for await (const batch of batchesOf(unsettled(file, report))) {
      if (stop.aborted) break
      report.add(await resultsOf(batch, send))
      out.progress(`${toldIn(report)} …`)
    }
    if (report.counts().unclear === 0) break
  }
  out.record({ ...report.counts(), report: report.file }, [
    [dry_run ? 'would be' : 'result', () => toldIn(report)],
    ['report', () => report.file],
  ])
  if (stop.aborted) throw new UnfinishedError('Stopped.', 'Run the same command again: it goes on.')
  const { unclear } = report.counts()
  if (unclear > 0)
    throw new UnfinishedError(
      `ClickFunnels gave no clear answer about ${unclear} items.`,
      'Run the same command again later: it sends only these.',
    )
}

async function* unsettled(file: string, report: ImportReport): AsyncGenerator<Line> {
  for await (const line of linesOf(file)) if (!report.isSettled(line)) yield line
}

async function resultsOf(
  batch: readonly Line[],
  send: (items: readonly Json[]) => Promise<readonly ItemResult[]>,
): Promise<readonly (readonly [Line, ItemResult])[]> {
  const sendable = batch.filter(({ item }) => item !== undefined)
  const results = sendable.length === 0 ? [] : await send(sendable.map(({ item }) => item))
  const resultOf = new Map(sendable.map((line, place) => [line, results[place]]))
  const unreadable = { status: 'refused', detail: 'The line is no JSON object of at most 900 KB.' } as const
  return batch.map((line) => [line, resultOf.get(line) ?? unreadable] as const)
}

/** @throws CliError when repeating does not help, and when it has not helped */
async function sent(
  url: string,
  key: string,
  body: object,
  stop: AbortSignal,
): Promise<readonly ItemResult[]> {
  for (let attempt = 1; ; attempt++) {
    const answer = await post(url, key, body)
    if (answer.status === 200) return resultsIn(answer.text, url)
    const mayPass = answer.status === 0 || answer.status === 429 || answer.status >= 500
    if (!mayPass) throw refusalOf(answer.status, answer.text)
    if (attempt === MAX_ATTEMPTS || stop.aborted) {
      const why = answer.status === 0 ? answer.text : refusalOf(answer.status, answer.text).message
      throw new UnfinishedError(
        `The service did not answer: ${why}`,
        'Run the same command again: it goes on.',
      )
    }
    const pause = FIRST_PAUSE_MILLISECONDS * 2 ** (attempt - 1)
    await sleep(pause, undefined, { signal: stop }).catch(() => undefined)
  }
}

/** The status is 0 if there was no answer. The text then says why. */
async function post(url: string, key: string, body: object): Promise<{ status: number; text: string }> {
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
      redirect: 'manual',
      signal: AbortSignal.timeout(DEADLINE_MILLISECONDS),
    })
    return { status: response.status, text: await response.text() }
  } catch (error) {
    const cause = (error as { cause?: { code?: string } }).cause?.code ?? (error as Error).message
    return { status: 0, text: `${url} cannot be reached (${cause}).` }
  }
}

function resultsIn(text: string, url: string): readonly ItemResult[] {
  try {
    const { results } = JSON.parse(text)
    if (Array.isArray(results)) return results
  } catch {
    // The error below covers it.
  }
  throw new CliError(`${url} is not Funnel Connect's API: it answers without results.`, CHECK_URL)
}

function toldIn(report: ImportReport): string {
  const counts = Object.entries(report.counts()).filter(([, count]) => count > 0)
  return counts.map(([status, count]) => `${count} ${status}`).join(', ') || 'nothing to do'
}
