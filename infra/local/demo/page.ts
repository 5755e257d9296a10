// The demo product's HTML document, which browser/app.ts fills, and its script with the client library.
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
<clickfunnels-reconnect-banner return-url="/connected"></clickfunnels-reconnect-banner>
<div id="notice" role="status"></div>
<div id="app" aria-busy="true"><h1>Know which funnels earn their keep</h1>
<p class="soft">Connect to ClickFunnels to see all your funnels.</p>
<noscript><p class="notice trouble">Tidemark needs JavaScript to show your funnels.</p></noscript></div>
<section id="connections" class="card" hidden><h2>ClickFunnels workspaces</h2>
<clickfunnels-connections return-url="/connected"></clickfunnels-connections></section>
<aside id="events" aria-label="Events"></aside>
<aside id="developer" aria-label="For developers"></aside>
</main>
<footer>Tidemark is a fictional product that runs on this machine. It is the integration example of Funnel Connect
(infra/local/demo) and holds no ClickFunnels token.</footer>
</body>
</html>
`

/** Bundles the page's script. A real product installs the package and uses its own bundler. */
export async function bundleScript(): Promise<string> {
  const { outputFiles } = await build({
    absWorkingDir: PROJECT_ROOT,
    entryPoints: ['infra/local/demo/browser/app.ts'],
    alias: {
      '@funnel-connect/client': join(PROJECT_ROOT, 'client/src/index.ts'),
      '@funnel-connect/client/connections': join(PROJECT_ROOT, 'client/src/connections.ts'),
      '@funnel-connect/client/reconnect-banner': join(PROJECT_ROOT, 'client/src/reconnect-banner.ts'),
      '@funnel-connect/client/server': join(PROJECT_ROOT, 'client/src/server.ts'),
    },
    bundle: true,
    // The package says which files of "dist" have side effects. These are its sources, and the elements register themselves.
    ignoreAnnotations: true,
    write: false,
    format: 'esm',
    target: 'es2022',
    logLevel: 'error',
  })
  return outputFiles[0]?.text ?? ''
}

/** Allows the page's own script and style, and calls of its back end and of Funnel Connect. Nothing else. */
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
