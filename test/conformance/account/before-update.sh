# Writes data with an earlier release, given $API and $CLICKFUNNELS: the journey of that release's README. The first user gets
# a connection. The second has confirmed a session and is at ClickFunnels when the update comes.
field() { grep -o "\"$1\":\"[^\"]*\"" | head -n 1 | cut -d '"' -f 4; }
post() { curl -sS --fail-with-body -X POST -H 'Content-Type: application/json' "$@"; }
TENANT=$(post $API/v1/tenants -d '{"name":"Example","return_urls":["http://127.0.0.1:9999/done"]}' | field id)
CLIENT=$(post $CLICKFUNNELS/_control/applications -d '{"name":"Example","redirect_uris":["http://127.0.0.1/later"],"tokens":"rotating"}')
CLIENT_ID=$(echo "$CLIENT" | field client_id)
APP=$(post $API/v1/tenants/$TENANT/apps -d '{"name":"Example","client_id":"'$CLIENT_ID'","client_secret":"'$(echo "$CLIENT" | field client_secret)'"}')
KEY=$(post $API/v1/tenants/$TENANT/api-keys -d '{"name":"back end"}' | field api_key)
curl -sS -X PATCH -H 'Content-Type: application/json' -o /dev/null $CLICKFUNNELS/_control/applications/$CLIENT_ID \
  -d '{"redirect_uris":["'$(echo "$APP" | field redirect_uri)'"]}'

browse() { curl -sS -A journey -b $JAR -c $JAR "$@"; }
hidden() { grep -o "name=\"$1\" value=\"[^\"]*\"" | head -n 1 | cut -d '"' -f 4; }
authorize() {
  SESSION=$(post -H "Authorization: Bearer $KEY" $API/v1/connect-sessions \
    -d '{"end_user":{"id":"'$1'","display_name":"'$1'"},"return_url":"http://127.0.0.1:9999/done","completion":"confirmed"}')
  CONFIRM=$(browse "$(echo "$SESSION" | field connect_url)")
  browse -G -o /dev/null -w '%{redirect_url}' $API/v1/authorize \
    --data-urlencode "session=$(echo "$CONFIRM" | hidden session)" \
    --data-urlencode "confirmation=$(echo "$CONFIRM" | hidden confirmation)"
}
# $1: where ClickFunnels was asked, $2: the workspace. Prints the id of the connection.
approve() {
  CALLBACK=$(browse -o /dev/null -w '%{redirect_url}' $CLICKFUNNELS/oauth/authorize \
    -d "${1#*\?}" -d workspace_id=$2 -d decision=authorize)
  browse -o /dev/null -w '%{redirect_url}' "$CALLBACK" | grep -o 'connection_id=[^&]*' | cut -d = -f 2
}
funnels() { curl -sS -D - -o /dev/null -H "Authorization: Bearer $KEY" $API/v1/connections/$1/funnels; }

JAR=$(mktemp)
FIRST=$(approve "$(authorize user-1)" 20417)
funnels $FIRST | grep '200 OK'
JAR=$(mktemp)
ON_THE_WAY=$(authorize user-2)
