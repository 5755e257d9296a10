# Reads with today's release what before-update.sh left, in the same shell.
echo 'a call with the stored access token'
funnels $FIRST | grep '200 OK'
echo 'a refresh with the stored refresh token'
post $CLICKFUNNELS/_control/tokens/expire -d '{"client_id":"'$CLIENT_ID'"}' >/dev/null
funnels $FIRST | grep '200 OK'
echo 'the end of a session that was under way'
SECOND=$(approve "$ON_THE_WAY" 20417)
funnels $SECOND | grep '200 OK'
echo 'lists'
curl -sS --fail-with-body -H "Authorization: Bearer $KEY" $API/v1/connections | grep "$FIRST" | grep -q "$SECOND"
curl -sS --fail-with-body $API/v1/tenants/$TENANT/audit-events | grep -q "$FIRST"
curl -sS --fail-with-body $API/v1/tenants/$TENANT/apps | grep -q "$CLIENT_ID"
echo 'tokens of the earlier release under a new key'
post $API/v1/tenants/$TENANT/keys/rotate >/dev/null
funnels $FIRST | grep '200 OK'
echo 'a new session'
JAR=$(mktemp)
THIRD=$(approve "$(authorize user-3)" 20417)
funnels $THIRD | grep '200 OK'
echo 'the end of each'
for id in $FIRST $SECOND $THIRD; do
  curl -sS --fail-with-body -X DELETE -H "Authorization: Bearer $KEY" $API/v1/connections/$id
done
curl -sS $CLICKFUNNELS/_control/tokens | grep -o '"state":"[^"]*"' | sort | uniq -c
