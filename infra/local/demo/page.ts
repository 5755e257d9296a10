// The demo product's one page, server-rendered: what a logged-in user sees before, while and after ClickFunnels is connected.
import type { Connection, EndUser, Funnel } from './funnel-connect.ts'
import type { Notice } from './notices.ts'
import { STYLE } from './style.ts'

export interface PageState {
  readonly user: EndUser
  readonly otherUsers: readonly EndUser[]
  readonly notice?: Notice | undefined
  readonly connection?: Connection | undefined
  readonly listing?: { readonly funnels: readonly Funnel[]; readonly pages: number } | undefined
}

export function renderPage(state: PageState): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Tidemark · Funnels</title>
<link rel="icon" href="data:,">
<style>${STYLE}</style>
</head>
<body>
<header>
<span class="brand">Tidemark</span>
${renderUser(state)}
</header>
<main>
${state.notice ? `<p class="notice ${state.notice.kind}" role="status">${escapeHtml(state.notice.text)}</p>` : ''}
${state.connection ? renderConnection(state.connection, state.listing) : renderInvitation()}
</main>
<footer>Tidemark is a fictional product that runs on this machine. It is the integration example of Funnel Connect
(infra/local/demo) and holds no ClickFunnels token.</footer>
</body>
</html>
`
}

function renderUser({ user, otherUsers }: PageState): string {
  const others = otherUsers.map(
    (other) =>
      `<button class="link" name="user" value="${escapeHtml(other.id)}">Switch to ${escapeHtml(other.displayName)}</button>`,
  )
  return `<form class="who" method="post" action="/login">Logged in as ${escapeHtml(user.displayName)} ${others.join('')}</form>`
}

function renderInvitation(): string {
  return `<h1>Know which funnels earn their keep</h1>
<p class="soft">Tidemark reads your ClickFunnels funnels every week and tells you which ones to improve, to merge or to
retire. It takes one click and no copied keys.</p>
<section class="card row">
<div><h2>ClickFunnels</h2><p class="soft">Not connected</p></div>
<form method="post" action="/connect"><button class="primary">Connect to ClickFunnels</button></form>
</section>`
}

function renderConnection(connection: Connection, listing: PageState['listing']): string {
  const { workspace } = connection
  const name = workspace.name ?? 'your workspace'
  const team = workspace.team_name ? ` of ${escapeHtml(workspace.team_name)}` : ''
  const lost = connection.status !== 'active'
  const reconnect = `<form method="post" action="/connect"><button class="primary">Reconnect</button></form>`
  return `<h1>${lost ? 'Reconnect' : 'Funnels of'} ${escapeHtml(name)}</h1>
<section class="card row">
<div><h2>ClickFunnels</h2>
<p class="soft">${lost ? 'Access was lost to' : 'Connected to'} ${escapeHtml(name)}${team}</p></div>
<div class="row">${lost ? reconnect : ''}
<form method="post" action="/disconnect"><button>Disconnect</button></form></div>
</section>
${listing ? renderFunnels(listing) : ''}`
}

function renderFunnels({ funnels, pages }: NonNullable<PageState['listing']>): string {
  const rows = funnels.map(
    (funnel) => `<tr><td>${escapeHtml(funnel.name)}</td><td>${escapeHtml(funnel.current_path ?? '')}</td>
<td>${funnel.live_mode ? '<span class="live">Live</span>' : 'Draft'}</td>
<td>${escapeHtml(funnel.updated_at?.slice(0, 10) ?? '')}</td></tr>`,
  )
  return `<section class="card">
<h2>${funnels.length} funnels</h2>
<p class="soft">Read just now in ${pages} ${pages === 1 ? 'page, one call' : `pages, one call for each,`} through Funnel Connect.</p>
<div class="scroll" role="region" aria-label="Funnels" tabindex="0"><table>
<thead><tr><th scope="col">Name</th><th scope="col">Path</th><th scope="col">State</th><th scope="col">Updated</th></tr></thead>
<tbody>
${rows.join('\n')}
</tbody></table></div>
</section>`
}

function escapeHtml(value: string): string {
  const entities: Readonly<Record<string, string>> = {
    '&': '&amp;',
    '<': '&lt;',
    '>': '&gt;',
    '"': '&quot;',
    "'": '&#39;',
  }
  return value.replaceAll(/[&<>"']/g, (character) => entities[character] ?? '')
}
