// The OpenAPI document as a page: every operation, by subject. It works without a script.
import type { Answer } from '../message/answer.ts'
import { type Html, html, page, together } from '../pages/page.ts'
import { bodies, linkToFields } from './docs-schemas.ts'
import type { Content, OpenApi, OpenApiOperation } from './document.ts'
import { inline, prose } from './markdown.ts'

const SHEET = `
main > h2 { margin-top: 3rem; font: 600 1.2rem/1.3 system-ui, sans-serif }
nav h2 { margin: 1rem 0 .1rem; font: 600 .9rem/1.4 system-ui, sans-serif }
nav ul { font: .9rem/1.7 system-ui, sans-serif }
article { margin-top: 1.5rem; padding-top: 1.25rem; border-top: 1px solid var(--line) }
article:target { border-top: 3px solid var(--accent) }
h3, h4 { margin: 0 0 .25rem; font-size: 1rem } h4 { margin-top: 1rem; font-size: .9rem }
.soft { color: var(--soft) }
code, pre { background: var(--paper); border-radius: 5px; font: .875rem/1.5 ui-monospace, monospace }
code { padding: .1rem .3rem; overflow-wrap: anywhere } pre { margin: 0; padding: .75rem 1rem; overflow: auto }
dl { margin: 0 } dt { margin-top: .4rem } dd { margin: 0 0 0 1rem }
dt .soft code { background: none; padding: 0 }`

export function docsPage(document: OpenApi, publicUrl: string): Answer {
  const operations = Object.entries(document.paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, operation]) => ({ method, path, operation })),
  )
  const subjects = document.tags
    .map((tag) => ({
      ...tag,
      calls: operations.filter(({ operation }) => operation.tags.includes(tag.name)),
    }))
    .filter(({ calls }) => calls.length > 0)
  return page({
    status: 200,
    title: `The API of ${document.info.title}`,
    content: html`${prose(document.info.description)}
<p>The URL of this service is <code>${publicUrl}</code>. For programs there is
<a href="/v1/openapi.json">openapi.json</a> (OpenAPI 3.1). The page <a href="/v1/errors">error codes</a> explains every error.</p>
<nav aria-label="Operations">${together(subjects.map(navigation))}<h2><a href="#bodies">Bodies</a></h2></nav>
${together(subjects.map(subject))}
<h2 id="bodies">Bodies</h2><p class="soft">The fields of every request and answer.</p>${bodies(document)}`,
    wide: true,
    sheet: SHEET,
  })
}

interface Call {
  readonly method: string
  readonly path: string
  readonly operation: OpenApiOperation
}

interface Subject {
  readonly name: string
  readonly description: string
  readonly calls: readonly Call[]
}

function navigation({ name, calls }: Subject): Html {
  const items = calls.map(
    ({ operation }) =>
      html`<li><a href="#${operation.operationId}">${operation.summary}${sameName(operation, calls)}</a></li>`,
  )
  return html`<h2>${name}</h2><ul>${together(items)}</ul>`
}

/** The method, for operations that have the same summary. */
function sameName({ summary, operationId }: OpenApiOperation, calls: readonly Call[]): string {
  const same = calls.filter(({ operation }) => operation.summary === summary)
  const method = same.find(({ operation }) => operation.operationId === operationId)?.method ?? ''
  return same.length > 1 ? ` (${method.toUpperCase()})` : ''
}

function subject({ name, description, calls }: Subject): Html {
  return html`<h2>${name}</h2><p class="soft">${description}</p>${together(calls.map(article))}`
}

function article({ method, path, operation }: Call): Html {
  const { operationId, summary, description, security, parameters = [], requestBody, responses } = operation
  const credentials = security
    .flatMap((scheme) => Object.keys(scheme))
    .map((name) => CREDENTIALS[name] ?? name)
  return html`<article id="${operationId}">
<h3>${summary}</h3>
<p><b>${method.toUpperCase()}</b> <code>${path}</code></p>
<p class="soft">${credentials.length > 0 ? `Credential: ${credentials.join(' or ')}.` : 'No credential is needed.'}</p>
${description === undefined ? nothing : prose(description)}
${parameters.length === 0 ? nothing : html`<h4>Parameters</h4><dl>${together(parameters.map(parameter))}</dl>`}
${requestBody === undefined ? nothing : body(requestBody)}
<h4>Answers</h4><dl>${together(
    Object.entries(responses).map(
      ([status, { description, content }]) =>
        html`<dt><b>${status}</b></dt><dd>${inline(description)}${linkToFields(jsonOf(content)?.schema)}</dd>`,
    ),
  )}</dl>
${together(Object.values(responses).map(({ content }) => example(content)))}
</article>`
}

const CREDENTIALS: Readonly<Record<string, string>> = {
  apiKey: 'an API key',
  endUserJwt: "an end user's JWT",
  awsSigV4: 'a request signed with AWS Signature Version 4',
}

type Parameter = NonNullable<OpenApiOperation['parameters']>[number]

function parameter({ name, in: where, required, description, example }: Parameter): Html {
  const shown = example === undefined ? '' : html` Example: <code>${example}</code>.`
  return html`<dt><code>${name}</code> <span class="soft">${where}${required ? '' : ', optional'}</span></dt>
<dd>${inline(description)}${shown}</dd>`
}

function body({ description = '', content }: NonNullable<OpenApiOperation['requestBody']>): Html {
  return html`<h4>Request body</h4><p>${inline(description)}${linkToFields(jsonOf(content)?.schema)}</p>${example(content)}`
}

const jsonOf = (content: Content | undefined) => content?.['application/json']

function example(content: Content | undefined): Html {
  const shown = jsonOf(content)?.example
  if (shown === undefined) return nothing
  // A wide example scrolls, so the keyboard must be able to reach it.
  return html`<pre tabindex="0" role="region" aria-label="Example">${JSON.stringify(shown, null, 2)}</pre>`
}

const nothing: Html = { html: '' }
