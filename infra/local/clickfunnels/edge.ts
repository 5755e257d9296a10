// Cloudflare, which stands in front of ClickFunnels. It refuses requests without a User-Agent with an HTML 403, before the
// application and Doorkeeper see them.
import { html, type Reply, type SimulatorRequest } from './http.ts'

export function blockedByEdge(request: SimulatorRequest): Reply | undefined {
  const guarded = request.pathname.startsWith('/oauth/') || request.pathname.startsWith('/api/')
  const named = (request.headers['user-agent'] ?? '').trim() !== ''
  return guarded && !named ? edgePage(403, 'Sorry, you have been blocked') : undefined
}

/** An error page like Cloudflare's: HTML, whatever the caller accepts. */
export function edgePage(status: number, heading: string): Reply {
  const page = html(
    status,
    `<!DOCTYPE html>
<html lang="en-US">
<head><title>Attention Required! | Cloudflare</title></head>
<body>
<h1>${heading}</h1>
<p>You are unable to access myclickfunnels.com</p>
<p>Cloudflare Ray ID: <strong>8f2c1d7a9b3e4f60</strong></p>
</body>
</html>
`,
  )
  return { ...page, headers: { ...page.headers, server: 'cloudflare', 'cf-ray': '8f2c1d7a9b3e4f60-AMS' } }
}
