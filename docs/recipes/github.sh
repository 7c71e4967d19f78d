#!/usr/bin/env bash
# One GitHub issue for each finding of a report: opened, kept up to date, closed when fixed.
#   GITHUB_TOKEN=... GITHUB_REPOSITORY=owner/name docs/recipes/github.sh report.json
# The token needs "Issues: read and write". In a workflow both variables are there already.
# shellcheck disable=SC2016 # what stands in single quotes is for jq
set -euo pipefail
. "$(dirname "$0")/common.sh"
: "${GITHUB_TOKEN:?}" "${GITHUB_REPOSITORY:?owner/name}" "${1:?usage: github.sh report.json}"
issues=${GITHUB_API_URL:-https://api.github.com}/repos/$GITHUB_REPOSITORY/issues

credential() { printf 'Authorization: Bearer %s\n' "$GITHUB_TOKEN"; }

# The state is a comment that GitHub does not show, in base64: no text of a node can end it. Only who may set labels can forge one.
list_open() {
  local page=1 answer
  while :; do
    answer=$(get "$issues?labels=ha-preflight&state=open&per_page=100&page=$page")
    jq -c '.[] | select(.pull_request == null) | {
        ticket: .number,
        state: (.body // "" | capture("^<!-- ha-preflight (?<s>[A-Za-z0-9+/=]+) -->").s | @base64d | fromjson)
      }' <<<"$answer"
    [ "$(jq length <<<"$answer")" -eq 100 ] || break
    page=$((page + 1))
  done
}

# Text of nodes goes into a fence longer than any in it: no Markdown, no mention, no link.
page='def fence: ([match("`+"; "g").length, 2] | max) as $n | ("`" * ($n + 1)) as $f | "\($f)\n\(.)\n\($f)";
  def page: "<!-- ha-preflight \(.state | tojson | @base64) -->\n\(.body | fence)\n\nLast seen: \(.state.seen)";'

open_ticket() {
  jq "$page"'{title, body: page, labels: ["ha-preflight", "ha-preflight:\(.severity)"]}' | call POST "$issues" |
    jq -e 'any(.labels[]; .name == "ha-preflight")' >/dev/null || {
    echo 'GitHub did not set the label (no write access?): the issue would not be found again' >&2
    return 1
  }
}
touch_ticket() { jq "$page"'{title, body: page}' | REPEATABLE=1 call PATCH "$issues/$1" >/dev/null; }
comment() { jq "$page"'{body: (.note | fence)}' | call POST "$issues/$1/comments" >/dev/null; }
update_ticket() {
  local action
  action=$(cat)
  touch_ticket "$1" <<<"$action"
  comment "$1" <<<"$action"
}
close_ticket() {
  REPEATABLE=1 call PATCH "$issues/$1" <<<'{"state": "closed", "state_reason": "completed"}' >/dev/null
  comment "$1"
}

reconcile "$1"
