// The two pages that an end user sees: the consent page with its workspace picker (`new_installation=true`), and the error
// page. They are plain forms that work without JavaScript and from curl.

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

/** The consent page. Buttons are `decision=authorize|deny`, the picker is `workspace_id`. */
export function consentPage(
  applicationName: string,
  scope: string,
  carried: readonly { readonly name: string; readonly value: string }[],
  workspaces: readonly WorkspaceChoice[],
): string {
  const name = escapeHtml(applicationName)
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
    `Connect ${applicationName} to ClickFunnels`,
    `<h1>Connect ${name} to ClickFunnels</h1>
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
</form>`,
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

function page(title: string, content: string): string {
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title>
<style>${STYLE}</style>
</head>
<body>
<main>
${content}
</main>
<footer>Local ClickFunnels simulator. No real account is involved.</footer>
</body>
</html>
`
}

function escapeHtml(value: string): string {
  return value
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;')
}

const STYLE = `
:root { color-scheme: light; font: 16px/1.5 system-ui, sans-serif; }
body { margin: 0; background: #f3f5f9; color: #1c2536; }
main { box-sizing: border-box; max-width: 30rem; margin: 3rem auto 1rem; padding: 2rem; background: #fff;
  border: 1px solid #dbe1ea; border-radius: 12px; }
h1 { margin: 0 0 1rem; font-size: 1.4rem; line-height: 1.25; }
ul { margin: 0 0 1.5rem; padding-left: 1.25rem; }
fieldset { margin: 0; padding: 0; border: 0; }
legend { margin-bottom: .75rem; padding: 0; font-weight: 600; }
.choice { display: flex; gap: .75rem; align-items: flex-start; margin-bottom: .5rem; padding: .75rem 1rem;
  border: 1px solid #c3ccda; border-radius: 8px; cursor: pointer; }
.choice:has(:checked) { border-color: #1d4fd7; background: #eef3ff; }
.choice input { margin-top: .35rem; }
small { display: block; color: #526079; }
.buttons { display: flex; gap: .75rem; margin-top: 1.5rem; }
button { flex: 1; padding: .7rem 1rem; border: 1px solid #8793a8; border-radius: 8px; background: #fff;
  color: inherit; font: inherit; font-weight: 600; cursor: pointer; }
button.primary { border-color: #1d4fd7; background: #1d4fd7; color: #fff; }
:focus-visible { outline: 3px solid #f59e0b; outline-offset: 2px; }
footer { margin-bottom: 2rem; text-align: center; color: #526079; font-size: .85rem; }
@media (max-width: 32rem) { main { margin-top: 0; border-radius: 0; border-width: 0 0 1px; } }
`
