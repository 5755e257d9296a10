// The demo product's one document; what is in it, browser/app.ts puts there. And the script, with the client library.
import { join } from 'node:path'
import { build } from 'esbuild'
import { PROJECT_ROOT } from '../cloudformation/synthesis.ts'

export const DOCUMENT = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Tidemark · Funnels</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/style.css">
<script type="module" src="/app.js"></script>
</head>
<body>
<header><a class="brand" href="/">Tidemark</a><div id="account"></div></header>
<main>
<div id="notice" role="status"></div>
<div id="app" aria-busy="true"><h1>Know which funnels earn their keep</h1>
<p class="soft">Connect to ClickFunnels, and see them all in a minute.</p>
<noscript><p class="notice trouble">Tidemark needs JavaScript to show your funnels.</p></noscript></div>
</main>
<footer>Tidemark is a fictional product that runs on this machine. It is the integration example of Funnel Connect
(infra/local/demo) and holds no ClickFunnels token.</footer>
</body>
</html>
`

/** The page's script: a product that installs the package has its own bundler do this. */
export async function bundleScript(): Promise<string> {
  const { outputFiles } = await build({
    absWorkingDir: PROJECT_ROOT,
    entryPoints: ['infra/local/demo/browser/app.ts'],
    alias: { '@funnel-connect/client': join(PROJECT_ROOT, 'client/src/index.ts') },
    bundle: true,
    write: false,
    format: 'esm',
    target: 'es2022',
    logLevel: 'error',
  })
  return outputFiles[0]?.text ?? ''
}

/** Lets the page run its own script, call its own back end and Funnel Connect, and nothing else. */
export const contentSecurityPolicy = (apiUrl: string) =>
  [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    'img-src data:',
    `connect-src 'self' ${apiUrl}`,
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ')
