// The command "connections export": the operator fetches a suspended tenant's connections, sealed to the tenant's key. What is written
// can be opened by the tenant only.
import { setTimeout as sleep } from 'node:timers/promises'
import type { Command, Context } from './command.ts'
import { tenantPath } from './connection-commands.ts'
import { type ExportedPage, ExportFile } from './export-file.ts'
import { CliError, RefusalError, UnfinishedError } from './faults.ts'

const PAGE = 50
const LIST_PAGE = 100
/** Enough: a connection is busy for 150 s at the most, then it is exported as uncertain. */
const MAX_PASSES = 40
const PASS_PAUSE_MILLISECONDS = 5000
/** The export is refused for a minute after the suspension. The service does not ask for longer waits. */
const MAX_WAIT_SECONDS = 120

export const EXPORT_COMMAND: Command = {
  about: "Exports the connections of a suspended tenant with their tokens, sealed to the tenant's own key.",
  takes: ['tenant'],
  options: {
    out: {
      value: 'file',
      about: 'where the connections are written, one JSON object a line',
      required: true,
    },
    thumbprint: {
      value: 'thumbprint',
      about: 'the thumbprint that the tenant told you; the command stops if its key is another one',
    },
  },
  more: [
    'A line is {"connection_id": "…", "status": "exported", "jwe": "…"}. Only the tenant can open the JWE. docs/migrate.md',
    'has the steps before and after, and a script for the tenant.',
    'You can stop the command and run it again: it goes on after the last complete page. The file can be read by you only.',
  ].join('\n'),
  run: exportConnections,
}

async function exportConnections({ api, out, terminal, values }: Context): Promise<void> {
  const [tenant = ''] = values.positionals
  const file = new ExportFile(values.text('out') ?? '', tenant)
  const stop = terminal.interruption()
  const fetchPage = async (body: object): Promise<ExportedPage> => {
    const page: ExportedPage = await onceSettled(() => api.call('POST', `${tenantPath(values)}/export`, body))
    refuseOtherKey(page.thumbprint, file, values.text('thumbprint'))
    refuseResumed(page, file)
    return page
  }
  while (!file.progress.paged && !stop.aborted) {
    const { after } = file.progress
    file.addPage(await fetchPage({ limit: PAGE, ...(after && { after }) }))
    out.progress(`${toldIn(file)} …`)
  }
  // A session that was under way when the tenant was suspended may have ended with a connection after the first page.
  if (!stop.aborted) file.await(await newerThan(file.progress.newest))
  for (let pass = 0; pass < MAX_PASSES && file.progress.waiting.length > 0 && !stop.aborted; pass++) {
    if (pass > 0) await sleep(PASS_PAUSE_MILLISECONDS, undefined, { signal: stop }).catch(() => undefined)
    const { waiting } = file.progress
    for (let from = 0; from < waiting.length && !stop.aborted; from += PAGE) {
      const asked = waiting.slice(from, from + PAGE)
      file.addWaiting(asked, (await fetchPage({ connection_ids: asked })).items)
    }
    out.progress(`${toldIn(file)} …`)
  }
  const { waiting, thumbprint, counts, uncertain } = file.progress
  out.record({ tenant, thumbprint, ...counts, busy: waiting.length, uncertain, file: file.path }, [
    ['tenant', () => tenant],
    ['sealed to', () => thumbprint ?? ''],
    ['exported', () => `${counts.exported} connections`],
    ['without tokens', () => `${counts.no_tokens}: ClickFunnels refuses their tokens`],
    [
      'unreadable',
      () => (counts.unreadable === 0 ? '0' : `${counts.unreadable}: the service's log says why`),
    ],
    [
      'uncertain',
      () =>
        uncertain === 0
          ? ''
          : `${uncertain}: the refresh token may be spent; wait until the recovery queue is empty, and export again to another file before you delete the tenant`,
    ],
    ['file', () => file.path],
  ])
  if (stop.aborted) throw stopped()
  if (waiting.length > 0)
    throw new UnfinishedError(
      `${waiting.length} connections are still being refreshed.`,
      'Run the same command again in a few minutes: it asks for these only.',
    )
  file.finish()

  /** Asks again when the service says so, because the tenant was suspended a moment ago. */
  async function onceSettled<T>(ask: () => Promise<T>): Promise<T> {
    for (let waited = 0; ; ) {
      try {
        return await ask()
      } catch (error) {
        const isEarly = error instanceof RefusalError && error.code === 'export_too_early'
        const { retryAfter } = isEarly ? error : {}
        if (retryAfter === undefined || waited + retryAfter > MAX_WAIT_SECONDS) throw error
        waited += retryAfter
        out.progress(`The tenant was suspended a moment ago. Waiting ${retryAfter} s …`)
        await sleep(retryAfter * 1000, undefined, { signal: stop }).catch(() => undefined)
        if (stop.aborted) throw stopped()
      }
    }
  }

  /** Connections that were created later than one, newest first. */
  async function newerThan(known = ''): Promise<readonly string[]> {
    const newer: string[] = []
    for (let cursor: string | undefined; ; ) {
      const query = new URLSearchParams({ limit: String(LIST_PAGE), ...(cursor && { cursor }) })
      const { data, next_cursor } = await api.call('GET', `${tenantPath(values)}?${query}`)
      const ids = (data as readonly { readonly id: string }[]).map(({ id }) => id)
      newer.push(...ids.filter((id) => id > known))
      if (next_cursor === undefined || ids.some((id) => id <= known)) return newer
      cursor = next_cursor
    }
  }
}

function refuseOtherKey(thumbprint: string, file: ExportFile, told: string | undefined): void {
  const known = file.progress.thumbprint
  if (told !== undefined && told !== thumbprint)
    throw new CliError(
      `The tenant's export key has the thumbprint ${thumbprint}, not the one that the tenant told you. Nothing of it was written.`,
      'Ask the tenant whether it has registered this key. If it has not, another person has an API key of the tenant.',
    )
  if (known !== undefined && known !== thumbprint)
    throw new CliError(
      `The tenant's export key has changed during the export: from ${known} to ${thumbprint}. ${file.path} is sealed to the first one.`,
      'Ask the tenant which key counts. To export to the new one, start again with another file.',
    )
}

/** Nothing is exported after this: what the file has may hold refresh tokens that were used since. */
function refuseResumed({ suspended_at }: ExportedPage, file: ExportFile): void {
  const known = file.progress.suspendedAt
  if (known !== undefined && known !== suspended_at)
    throw new CliError(
      `The tenant was active in between: it is suspended since ${suspended_at}, and ${file.path} began after the suspension of ${known}.`,
      'Tokens in the file may have been replaced: start again with another file.',
    )
}

function stopped(): UnfinishedError {
  return new UnfinishedError('Stopped.', 'Run the same command again: it goes on.')
}

function toldIn({ progress: { counts, waiting } }: ExportFile): string {
  return `${counts.exported} exported, ${counts.no_tokens} without tokens, ${counts.unreadable} unreadable, ${waiting.length} busy`
}
