# What is to be done with tickets, given a report and the open tickets. Pure: jq -cn -f tickets.jq --slurpfile report FILE --slurpfile open FILE
# open:  {ticket, state}; state is what an earlier run left in the ticket, only {fingerprint} when somebody has removed it
# gives: {action: open|update|touch|close, ticket, fingerprint, severity, title, body, note, state}
# A ticket is closed by the rule of ha-preflight diff: its check looked again and what it saw was good.

# what acts on a terminal or is not seen, and NUL, which databases refuse
def plain: gsub("(?![\n\t])[\\p{Cc}\\p{Cf}\\p{Zl}\\p{Zp}]"; "");
def one_line: gsub("[\\r\\n\\t ]+"; " ");
def cut($n): if length > $n then .[:$n - 1] + "…" else . end;
def rank: if .status == "fail" and .waiver == null then 2 elif .status == "unknown" then 1 else 0 end;

# measured amounts that differ from run to run are no change: 90.001 s, 61 %
def steady: gsub("[0-9]+([.][0-9]+)? ?(µs|ms|s|%|[kMGT]i?B)(?![A-Za-z0-9])"; "#");
def sum: reduce explode[] as $c (7; (. * 31 + $c) % 4294967296);

def body: [
    .message,
    (if .nodes == [] then empty else "nodes: " + (.nodes | join(", ")) end),
    (.observed // empty | "observed: " + .),
    (.expected // empty | "expected: " + .),
    (.details // [] | .[:20][]),
    (.remediation // empty | "\nTo fix:\n" + .),
    (.waiver // empty | "\nWaived until \(.until): \(.reason)"),
    "\ncheck \(.id), \(.severity), \(.proof); requirements: \(.requirements | join(", "))"
  ] | join("\n") | plain | cut(3000);

def state($cluster; $seen): {
    fingerprint, cluster: $cluster, id, $seen,
    nodes: (if (.nodes | tojson | length) > 600 then [] else .nodes end),
    sum: ([.severity, .nodes, (.message | steady), (.observed // "" | steady), .waiver] | tojson | sum)
  };

def blind_to($about): .status == "unknown" and (.nodes == [] or $about == [] or any(.nodes[]; IN($about[])));

# by verdicts of one check: nodes that it could not see, or skipped without another word of them
def overlooked($about):
  map(select(.status == "pass" or .status == "fail") | .nodes[]) as $judged
  | any(.[]; blind_to($about) or (.status == "skip" and any(.nodes[]; IN($about[]) and (IN($judged[]) | not))));

# by verdicts of the same cluster: what became of the finding of a ticket
def mended($s):
  (map(select(.fingerprint == $s.fingerprint)) | first) as $now
  | map(select(.id == $s.id))
  | if $now then $now.status == "pass" and (
        (if $now.nodes == [] then [] else $s.nodes - $now.nodes end) as $left | $left == [] or (overlooked($left) | not))
    else any(.[]; .status == "pass" or .status == "fail") and (overlooked($s.nodes) | not)
    end;

$report[0] | (.reports // [.])[] | .cluster.name as $cluster | .startedAt as $seen | .verdicts as $verdicts
| ($open | map(select(.state.cluster == null or .state.cluster == $cluster))) as $mine
# a report older than what the tickets tell has no say
| if any($mine[]; .state.seen != null and .state.seen > $seen) then empty else . end
| (
    $verdicts[] | select(rank == 2 and .severity != "info")
    | .fingerprint as $fingerprint
    | (first($mine[] | select(.state.fingerprint == $fingerprint)) // null) as $old
    | state($cluster; $seen) as $state
    | {
        ticket: $old.ticket, fingerprint, severity, $state, body: body,
        title: ("\($cluster): \(.message)" | one_line | plain | gsub("##\\["; "# #[") | cut(200)), # GitHub Actions would obey it in a log
        note: ("Changed at \($seen): \(.message)" | plain | cut(3000))
      }
    | if $old == null then {action: "open"} + .
      elif $old.state.seen >= $seen then empty
      elif $old.state.sum != $state.sum then {action: "update"} + .
      else {action: "touch"} + .
      end
  ), (
    $mine[] | . as $old | select(.state.seen != null and .state.seen < $seen) | select($verdicts | mended($old.state))
    | {action: "close", ticket, fingerprint: .state.fingerprint, title: .state.id,
       note: "Fixed: \(.state.id) looked again at \($seen) and passes.", state}
  )
