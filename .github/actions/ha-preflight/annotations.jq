# A report as annotations of GitHub Actions, each in the inventory where the node stands.
# What acts on a terminal and is not seen is left out; the rest is escaped as the runner reads it: data and properties hold no line end, properties no comma and colon either.
def data: gsub("%"; "%25") | gsub("\r?\n"; "%0A") | gsub("[\\p{Cc}\\p{Cf}\\p{Zl}\\p{Zp}]"; "");
def property: data | gsub(":"; "%3A") | gsub(","; "%2C");

(.reports // [.])[] | .cluster as $cluster | .verdicts[]
| (if .status == "fail" and .waiver == null then {critical: "error", warning: "warning"}[.severity]
  elif .status == "unknown" and .severity == "critical" then "warning"
  else null end) as $level
| select($level)
| .nodes as $nodes
| ([$cluster.nodes[] | select(.name | IN($nodes[])) | .line // empty] | first // $cluster.inventory.line) as $line
| (if $cluster.inventory then "file=\($cluster.inventory.file | property),line=\($line)," else "" end) as $place
| "::\($level) \($place)title=\("\($cluster.name): \(.id)" | property)::\("\(.status): \(.message)" | data)"
