# What an operator does with a tenant, by the command line: to be run with a tenant that has a connection, as $TENANT and
# $CONNECTION, and the URL of the API as $API. Every command has to succeed.
tenants() { node "$PROJECT/infra/cli/tenants.ts" "$@" --url "$API" --region us-east-1; }
ids() { grep -o "\"id\": *\"$1_[^\"]*\"" | cut -d '"' -f 4; }

tenants tenants list
tenants tenants update "$TENANT" --name 'Example, renamed'
tenants limits set "$TENANT" --connections 50 --sessions-per-minute 100 --requests-per-second 40
tenants limits show "$TENANT"
tenants limits clear "$TENANT"
APP=$(tenants apps list "$TENANT" --json | ids app)
CLIENT_SECRET=the-next-secret tenants apps rotate-secret "$TENANT" "$APP"
tenants apps show "$TENANT" "$APP"
API_KEY_ID=$(tenants keys create "$TENANT" --name 'to be rotated' --scope connections:read --json | ids key | head -n 1)
tenants keys rotate "$TENANT" "$API_KEY_ID" --overlap 60
tenants keys revoke "$TENANT" "$API_KEY_ID"
PROVIDER=$(tenants identity-providers add "$TENANT" --issuer https://login.example.com --audience example --json | ids idp)
tenants identity-providers list "$TENANT"
tenants identity-providers remove "$TENANT" "$PROVIDER"
tenants connections show "$TENANT" "$CONNECTION"
tenants connections suspend "$TENANT" "$CONNECTION"
tenants connections resume "$TENANT" "$CONNECTION"
curl -sS --fail-with-body -o /dev/null -X POST -H "Authorization: Bearer $KEY" "$API/v1/connections/$CONNECTION/refresh"
curl -sS --fail-with-body -o /dev/null -H "Authorization: Bearer $KEY" "$API/v1/connections/$CONNECTION/proxy/workspaces"
tenants audit "$TENANT" --limit 100
curl -sS --fail-with-body -o /dev/null -H "Authorization: Bearer $KEY" "$API/v1/audit-events"
curl -sS --fail-with-body -o /dev/null "$API/v1/openapi.json"
tenants tenants suspend "$TENANT"
tenants revoke-all "$TENANT" --all --confirm "$TENANT"
tenants tenants delete "$TENANT" --confirm "$TENANT"
