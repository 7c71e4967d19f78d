#!/usr/bin/env bash
# One Jira issue (Cloud, REST v3) for each finding of a report: opened, kept up to date, closed when fixed.
#   JIRA_URL=https://example.atlassian.net JIRA_EMAIL=... JIRA_TOKEN=... JIRA_PROJECT=OPS docs/recipes/jira.sh report.json
# JIRA_TYPE: type of issue (Task). JIRA_DONE: name of the transition that closes (else the first to a status of category Done).
# shellcheck disable=SC2016 # what stands in single quotes is for jq
set -euo pipefail
. "$(dirname "$0")/common.sh"
: "${JIRA_URL:?}" "${JIRA_EMAIL:?}" "${JIRA_TOKEN:?}" "${JIRA_PROJECT:?}" "${1:?usage: jira.sh report.json}"
export JIRA_PROJECT JIRA_TYPE=${JIRA_TYPE:-Task} JIRA_DONE=${JIRA_DONE:-}
api=${JIRA_URL%/}/rest/api/3

credential() { printf 'Authorization: Basic %s\n' "$(printf '%s:%s' "$JIRA_EMAIL" "$JIRA_TOKEN" | base64 | tr -d '\n')"; }

# The state is an issue property, which nobody sees.
list_open() {
  local next=null answer
  while :; do
    answer=$(jq -n --argjson next "$next" '{
        jql: "project = \(env.JIRA_PROJECT | tojson) AND labels = \"ha-preflight\" AND statusCategory != Done ORDER BY created ASC",
        fields: ["labels"], properties: ["ha-preflight"], maxResults: 100
      } + if $next == null then {} else {nextPageToken: $next} end' | REPEATABLE=1 call POST "$api/search/jql")
    jq -c '.issues[] | {
        ticket: .key,
        state: (.properties["ha-preflight"] // {fingerprint: (.fields.labels[] | capture("^ha-preflight-(?<f>[0-9a-f]{16})$").f)})
      }' <<<"$answer"
    next=$(jq -c '.nextPageToken // null' <<<"$answer")
    [ "$next" != null ] || break
  done
}

# Text of nodes goes into a code block of Atlassian's document format: it is shown as it is.
adf='def adf: {type: "doc", version: 1, content: [{type: "codeBlock", content: [{type: "text", text: .}]}]};
  def fields: {summary: .title, description: (.body | adf)};
  def properties: [{key: "ha-preflight", value: .state}];'

open_ticket() {
  jq "$adf"'{properties: properties, fields: (fields + {
      project: {key: env.JIRA_PROJECT}, issuetype: {name: env.JIRA_TYPE},
      labels: ["ha-preflight", "ha-preflight-\(.fingerprint)", "ha-preflight-\(.severity)"]
    })}' | call POST "$api/issue" >/dev/null
}
# Only the property, so that watchers get no notification when nothing has changed.
touch_ticket() { jq .state | REPEATABLE=1 call PUT "$api/issue/$1/properties/ha-preflight" >/dev/null; }
comment() { jq "$adf"'{body: (.note | adf)}' | call POST "$api/issue/$1/comment" >/dev/null; }
update_ticket() {
  local action
  action=$(cat)
  jq "$adf"'{fields: fields, properties: properties}' <<<"$action" | REPEATABLE=1 call PUT "$api/issue/$1" >/dev/null
  comment "$1" <<<"$action"
}
close_ticket() {
  local transition
  transition=$(get "$api/issue/$1/transitions" | jq -c 'first(.transitions[]
    | select(if env.JIRA_DONE == "" then .to.statusCategory.key == "done" else .name == env.JIRA_DONE end)) | {transition: {id}}')
  if [ -z "$transition" ]; then
    echo "$1: no transition to a status of category Done: set JIRA_DONE" >&2
    return 1
  fi
  call POST "$api/issue/$1/transitions" <<<"$transition" >/dev/null
  comment "$1"
}

reconcile "$1"
