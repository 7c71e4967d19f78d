/**
 * The awk program that runs on the node and keeps secrets there. It reads `path:line` (from `grep -H`), or plain
 * lines when `-v plain=1`, and writes every line behind a `|`. A secret leaves as a keyed digest instead: what stands
 * before it behind a `+`, then sha256sum's own line, then the rest. So equality can be judged and nothing else.
 * What is a secret: the value of a name that looks like one (comments too), user:password in a URL, `password=` inside
 * a value, anything between BEGIN and END of a private key. It rather masks too much.
 */
export const MASK_PROGRAM = String.raw`
function tag(before, v) {
  gsub(/^[ \t"]+|[ \t\r"]+$/, "", v)
  printf "+%s\n", before; fflush()
  printf "%s%s", ENVIRON["HA_NONCE"], v | "sha256sum"; close("sha256sum")
}
function secret(n) {
  n = tolower(n); gsub(/[^a-z0-9]/, "", n)
  if (n ~ /(path|file|dir|url|uri|id|enabled|name|length|lifetime|timeout)$/) return 0
  return n ~ /(pass|pwd|secret|token|credential|private|apikey|accesskey|salt|license)/ || n ~ /key$/
}
function value(head, v,   a, b, u, rest, low) {
  # user:password@ of a URL, up to the last @ of the word
  if (match(v, /:\/\/[^ \t"'@]*:[^ \t"']*@/)) {
    u = substr(v, RSTART, RLENGTH); a = index(substr(u, 4), ":") + 3
    rest = substr(v, RSTART + RLENGTH - 1)
    tag(head substr(v, 1, RSTART - 1) substr(u, 1, a), substr(u, a + 1, length(u) - a - 1))
    value("", rest); return
  }
  low = tolower(v)
  if (match(low, /(password|passwd|pwd|secret|token)[ \t]*=[ \t]*/)) {
    a = RSTART + RLENGTH; u = substr(v, a)
    if (substr(u, 1, 1) == "'" && match(substr(u, 2), /'/)) b = RSTART + 1
    else if (match(u, /[ \t&;"]/)) b = RSTART - 1
    else b = length(u)
    if (b > 0) { tag(head substr(v, 1, a - 1), substr(u, 1, b)); value("", substr(u, b + 1)); return }
  }
  printf "|%s%s\n", head, v
}
{
  line = $0
  if (!plain) {
    at = index(substr(line, skip), ":") + skip - 1
    f = substr(line, 1, at - 1); line = substr(line, at + 1)
    if (f != file) { file = f; printf "=file %s\n", f; pem = 0; more = 0 }
  }
  if (more || pem) {
    if (line ~ /-----END/) pem = 0
    more = more && line ~ /\\\r?$/
    tag("", line); print "|"; next
  }
  if (line ~ /-----BEGIN[A-Z ]*PRIVATE/) { pem = 1; printf "|%s\n", line; next }
  name = line; sub(/^[ \t]*([#;]+[ \t]*)?/, "", name)
  eq = index(line, "=")
  if (eq) {
    sub(/[ \t]*=.*/, "", name)
    if (secret(name) && substr(line, eq + 1) !~ /^[ \t\r]*$/) {
      more = line ~ /\\\r?$/
      tag(substr(line, 1, eq) " ", substr(line, eq + 1)); print "|"; next
    }
    value(substr(line, 1, eq), substr(line, eq + 1)); next
  }
  value("", line)
}
`;
