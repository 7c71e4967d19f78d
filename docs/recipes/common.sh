# shellcheck shell=bash
# Shared by jira.sh, servicenow.sh and github.sh: one HTTP call, and the loop over what is to be done.

# bash 4.4 or later: a list of open tickets that could not be had must end the run, not look like an empty one
shopt -s inherit_errexit

# call METHOD URL: the body is standard input, the answer standard output. The credential, a header line that
# `credential` prints, goes through a file descriptor: no argument list shows it.
call() {
  local answer code again=() body=()
  # what has only been asked may be asked again; a ticket may have been made although the answer was lost
  if [ "$1" = GET ] || [ -n "${REPEATABLE:-}" ]; then again=(--retry 3); fi
  [ "$1" = GET ] || body=(--data-binary @-)
  answer=$(curl --silent --show-error --max-time 60 "${again[@]}" --request "$1" --header @<(credential) \
    --header 'Content-Type: application/json' --header 'Accept: application/json' --header 'User-Agent: ha-preflight' \
    "${body[@]}" --write-out '\n%{http_code}' -- "$2") || return 1
  code=${answer##*$'\n'}
  printf '%s' "${answer%$'\n'*}"
  case $code in 2??) ;; *) printf '%s %s: HTTP %s\n%s\n' "$1" "${2%%\?*}" "$code" "${answer:0:500}" >&2; return 1 ;; esac
}

# get URL: as call, without a body
get() { call GET "$1"; }

# reconcile REPORT: list_open prints {ticket, state} a line; open_ticket, update_ticket, touch_ticket and close_ticket get the
# ticket as argument and an action of tickets.jq on standard input. DRY_RUN=1 only tells.
reconcile() {
  local report=$1 here found actions kind ticket title action
  here=$(dirname "${BASH_SOURCE[0]}")
  found=$(list_open)
  actions=$(jq -cn -f "$here/tickets.jq" --slurpfile report "$report" --slurpfile open <(printf '%s' "$found") |
    jq -r '"\(.action)\t\(.ticket // "-")\t\(.title)\t\(tojson)"')
  if [ "$(grep -c '^open' <<<"$actions")" -gt "${MAX_NEW:-50}" ]; then
    echo "more than ${MAX_NEW:-50} new tickets: nothing was done; raise MAX_NEW if that is what you want" >&2
    return 1
  fi
  while IFS=$'\t' read -r kind ticket title action; do
    [ -n "$kind" ] || continue
    [ "$kind" = touch ] || echo "$kind $ticket $title"
    [ -n "${DRY_RUN:-}" ] || "${kind}_ticket" "$ticket" <<<"$action"
  done <<<"$actions"
}
