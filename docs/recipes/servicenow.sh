#!/usr/bin/env bash
# One ServiceNow incident (Table API) for each finding of a report: opened, kept up to date, resolved when fixed.
#   SERVICENOW_URL=https://example.service-now.com SERVICENOW_USER=... SERVICENOW_PASSWORD=... docs/recipes/servicenow.sh report.json
# SERVICENOW_CLOSE_CODE: one of your instance's close codes (Solution provided). SERVICENOW_FIELDS: more fields of a new incident, as JSON.
# shellcheck disable=SC2016 # what stands in single quotes is for jq
set -euo pipefail
. "$(dirname "$0")/common.sh"
: "${SERVICENOW_URL:?}" "${SERVICENOW_USER:?}" "${SERVICENOW_PASSWORD:?}" "${1:?usage: servicenow.sh report.json}"
export SERVICENOW_CLOSE_CODE=${SERVICENOW_CLOSE_CODE:-Solution provided} SERVICENOW_FIELDS=${SERVICENOW_FIELDS:-{\}}
table=${SERVICENOW_URL%/}/api/now/table/incident

credential() {
  printf 'Authorization: Basic %s\n' "$(printf '%s:%s' "$SERVICENOW_USER" "$SERVICENOW_PASSWORD" | base64 | tr -d '\n')"
}

# Open: neither resolved (6), closed (7) nor canceled (8). The state is the last line of the description, in base64.
list_open() {
  local offset=0 answer
  while :; do
    answer=$(get "$table?sysparm_query=correlation_idSTARTSWITHha-preflight:%5EstateNOT%20IN6,7,8%5EORDERBYsys_created_on&sysparm_fields=sys_id,correlation_id,description&sysparm_exclude_reference_link=true&sysparm_limit=100&sysparm_offset=$offset")
    jq -c '.result[] | {
        ticket: .sys_id,
        state: (first(.description | capture("\\[ha-preflight (?<s>[A-Za-z0-9+/=]+)\\]\\s*$").s | @base64d | fromjson)
          // {fingerprint: (.correlation_id | ltrimstr("ha-preflight:"))})
      }' <<<"$answer"
    [ "$(jq '.result | length' <<<"$answer")" -eq 100 ] || break
    offset=$((offset + 100))
  done
}

# In journal fields [code] begins HTML: text of nodes never has it.
text='def tame: gsub("\\[(?<c>/?code)\\]"; "[ \(.c) ]"; "i");
  def fields: {short_description: (.title | tame | .[:160]),
    description: "\(.body | tame | .[:2500])\n\nLast seen: \(.state.seen)\n[ha-preflight \(.state | tojson | @base64)]"};'

open_ticket() {
  jq "$text"'(env.SERVICENOW_FIELDS | fromjson) + fields + {
      correlation_id: "ha-preflight:\(.fingerprint)", correlation_display: "ha-preflight",
      impact: (if .severity == "critical" then "2" else "3" end), urgency: (if .severity == "critical" then "2" else "3" end)
    }' | call POST "$table" >/dev/null
}
touch_ticket() { jq "$text"fields | REPEATABLE=1 call PATCH "$table/$1" >/dev/null; }
update_ticket() { jq "$text"'fields + {work_notes: (.note | tame)}' | call PATCH "$table/$1" >/dev/null; }
close_ticket() {
  jq "$text"'{state: "6", close_code: env.SERVICENOW_CLOSE_CODE, close_notes: (.note | tame)}' |
    call PATCH "$table/$1" >/dev/null
}

reconcile "$1"
