// What a reader has to know before the first operation. Paragraphs, with code and emphasis as their only Markdown: the page
// /v1/docs shows no more than that.

export const INTRODUCTION = `Funnel Connect connects the users of a SaaS product to their ClickFunnels workspaces and calls the \
ClickFunnels API for them. The product never holds a ClickFunnels token: it holds the id of a connection. (A tenant that leaves can ask for a sealed export.)

*Words.* The *operator* runs this service. A *tenant* is a company whose product uses it. An *app* is the tenant's platform \
application at ClickFunnels, an OAuth client. An *end user* is a user of the tenant's product. A *connect session* is one \
attempt of one end user to connect a workspace. A *connection* is a workspace that an end user has connected.

*First steps.* Start a connect session with \`POST /v1/connect-sessions\` and send the end user's browser to its \
\`connect_url\`. The end user approves at ClickFunnels, and the browser comes back to your \`return_url\`. Unless the session is \`confirmed\`, complete \
it with \`POST /v1/connect-sessions/{id}/complete\`: send the \`completion_code\` of the return URL and the end user who is \
logged in now. The answer is the connection. Then call the ClickFunnels API at \
\`/v1/connections/{id}/proxy/…\`. The service adds an access token and keeps it fresh.

*Credentials.* Send \`Authorization: Bearer\` with an API key of the tenant (from a back end) or with the JWT of an end user \
(from a front end). A resource that the credential does not give access to answers 404, like one that does not exist. A web \
page can call with a JWT if its origin is registered for the tenant.

*Formats.* Bodies are JSON in UTF-8, except in calls through the proxy, and have at most 64 KB, in the import of connections 1 MiB. Times are in RFC 3339 and in \
UTC, such as \`2026-03-01T09:00:00Z\`. Fields that do not apply are left out of an answer. Unknown fields of a request are \
ignored. Ids are opaque text with a prefix that names their kind, such as \`conn_…\`.

*Lists* have pages of \`limit\` items, 20 by default and 100 at most. To get the next page, send the \`next_cursor\` of a page \
as \`cursor\`. The last page has no \`next_cursor\`.

*Errors* are problem documents (RFC 9457) with a stable \`code\`; \`/v1/errors\` explains each of them. If a retry can help, \
\`Retry-After\` says when. Every answer has the header \`Funnel-Connect-Request-Id\`: name it when you ask the operator for \
help. A method that a path does not support answers 405 \`method_not_allowed\`, and \`Allow\` lists the methods that it does.`
