// The pages that an end user sees: the login, the consent with its workspace picker (`new_installation=true`), and the error page.
// They are plain forms that work without JavaScript and from curl.
import { ACCOUNT } from './login.ts'
import { escapeHtml, type Marked, page, twoMarks } from './page.ts'

export interface WorkspaceChoice {
  readonly id: number
  readonly name: string
  readonly subdomain: string
  readonly teamName: string
}

const SCOPE_TEXTS: Readonly<Record<string, string>> = {
  admin: 'manage the workspace as an administrator',
  read: 'read funnels, contacts and other records',
  write: 'create and change records',
  delete: 'delete records',
  mcp: 'use the workspace through MCP tools',
}

/** The login. It asks for no credential: the simulator has one account. @param request the query of the authorization request */
export function loginPage(application: Marked, request: string): string {
  return page(
    'Log in to ClickFunnels',
    `${twoMarks(application)}
<h1>Log in to ClickFunnels</h1>
<p>Log in to connect <strong>${escapeHtml(application.name)}</strong> to one of your workspaces.</p>
<form method="post" action="/oauth/login">
<input type="hidden" name="request" value="${escapeHtml(request)}">
<div class="buttons"><button class="primary" type="submit">Continue as ${ACCOUNT.name}</button></div>
</form>
<p class="note">${ACCOUNT.email} is the simulator's only account. It has no password.</p>`,
  )
}

/** The consent page. Buttons are `decision=authorize|deny`, the picker is `workspace_id`. */
export function consentPage(
  application: Marked,
  scope: string,
  carried: readonly { readonly name: string; readonly value: string }[],
  workspaces: readonly WorkspaceChoice[],
): string {
  const name = escapeHtml(application.name)
  const hidden = carried.map(
    (input) => `<input type="hidden" name="${input.name}" value="${escapeHtml(input.value)}">`,
  )
  const radios = workspaces.map(
    (workspace, place) => `<label class="choice">
<input type="radio" name="workspace_id" value="${workspace.id}" required${place === 0 ? ' checked' : ''}>
<span><strong>${escapeHtml(workspace.name)}</strong>
<small>${escapeHtml(workspace.subdomain)}.myclickfunnels.com · ${escapeHtml(workspace.teamName)}</small></span>
</label>`,
  )
  const scopes = scope.split(' ').map((word) => `<li>${escapeHtml(SCOPE_TEXTS[word] ?? word)}</li>`)
  return page(
    `Connect ${application.name} to ClickFunnels`,
    `${twoMarks(application)}
<h1>Connect ${name} to ClickFunnels</h1>
<p><strong>${name}</strong> will be able to:</p>
<ul>${scopes.join('')}</ul>
<form method="post" action="/oauth/authorize">
${hidden.join('\n')}
<fieldset>
<legend>Which workspace should ${name} be installed in?</legend>
${radios.join('\n')}
</fieldset>
<div class="buttons">
<button class="primary" type="submit" name="decision" value="authorize">Authorize</button>
<button type="submit" name="decision" value="deny" formnovalidate>Cancel</button>
</div>
</form>
<p class="note">Logged in as ${ACCOUNT.name} (${ACCOUNT.email}).</p>`,
  )
}

export function errorPage(error: string, description: string): string {
  return page(
    'An error has occurred',
    `<h1>An error has occurred</h1>
<p role="alert">${escapeHtml(description)}</p>
<p><code>${escapeHtml(error)}</code></p>`,
  )
}
