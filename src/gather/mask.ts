/**
 * The awk program that runs on the node and keeps secrets there. It reads `path:line` (from `grep -H`), or plain
 * lines when `-v plain=1`, and writes every line behind a `|`. A secret leaves as a keyed digest instead: what stands
 * before it behind a `+`, then sha256sum's own line, then the rest. So equality can be judged and nothing else.
 * What is a secret: the value of a name that looks like one (comments too), also inside another value, user:password in
 * a URL, anything between BEGIN and END of a private key. It rather masks too much.
 *
 * What can only be told while the value is there comes in lines of its own: `=cut N`, an unquoted `;` or `#` inside the
 * value of line N; `=placeholder N`, a secret of line N that is a word everybody tries first.
 */
export const MASK_PROGRAM = String.raw`
function tag(before, v,   w) {
  gsub(/^[ \t"]+|[ \t\r"]+$/, "", v)
  if (file ~ /\.groovy$/ && v ~ /^'.*'$/) v = substr(v, 2, length(v) - 2)
  w = tolower(v); gsub(/[^a-z0-9]/, "", w)
  if (!comment && w ~ /^(change(me|it|this)|replace(me|this)|(your)?(secret|password)(here)?|securecookiekey|todo|x*xxx)$/) printf "=placeholder %d\n", n0
  printf "+%s\n", before; fflush()
  printf "%s%s", ENVIRON["HA_NONCE"], v | "sha256sum"; close("sha256sum")
}
function secret(n) {
  n = tolower(n); gsub(/[^a-z0-9]/, "", n)
  if (n ~ /(path|file|dir|url|uri|id|enabled|name|length|lifetime|timeout)$/) return 0
  return n ~ /(pass|pwd|secret|token|credential|private|apikey|accesskey|salt|license)/ || n ~ /key$/
}
function goesOn(l) { return l ~ /(^|[^\\])(\\\\)*\\\r?$/ }
# the value of a secret's name; for who knows comments, what follows the first is no part of it
function whole(head, v,   at) {
  if (v ~ /^[ \t]*"/) at = match(v, /^[ \t]*"(\\.|[^"\\])*"[ \t]*[;#]/) ? RLENGTH : 0
  else at = match(v, /[ \t][;#]/) ? RSTART + 1 : 0
  if (at) {
    if (substr(v, 1, at - 1) !~ /^[ \t]*$/) { tag(head, substr(v, 1, at - 1)); head = "" }
    head = head " " substr(v, at, 1); v = substr(v, at + 1)
  }
  tag(head, v); print "|"
}
function value(head, v,   a, b, c, u, at, long, name, part, n, k) {
  # user:password@ of a URL, up to the last @ of the word
  at = match(v, /:\/\/[^ \t]*:[^ \t]*@/); long = RLENGTH
  # before it, name=value: a DSN, the query of a URL, several variables in one line
  n = split(v, part, "=")
  for (k = 1; k < n; k++) {
    a += length(part[k]) + 1
    name = substr(part[k], length(part[k]) - 63)
    if (!match(name, /[A-Za-z0-9_.-]+[ \t]*$/)) continue
    b = a - RLENGTH - 1; name = substr(name, RSTART)
    if (at && b >= at) break
    if (!secret(name)) continue
    u = substr(v, a + 1); sub(/^[ \t]+/, "", u)
    if (substr(u, 1, 1) == "'") c = match(u, /^'(\\.|[^\\'])*'/) ? RLENGTH : length(u)
    else if (b > 0 && substr(v, b, 1) ~ /[?&]/) c = match(u, /^[^ \t&"]+/) ? RLENGTH : 0
    else c = match(u, /^(\\.|[^ \t"\\])+/) ? RLENGTH : 0
    if (c == 0) continue
    tag(head substr(v, 1, length(v) - length(u)), substr(u, 1, c)); value("", substr(u, c + 1)); return
  }
  if (at) {
    u = substr(v, at, long); a = index(substr(u, 4), ":") + 3
    tag(head substr(v, 1, at - 1) substr(u, 1, a), substr(u, a + 1, length(u) - a - 1))
    value("", substr(v, at + long - 1)); return
  }
  printf "|%s%s\n", head, v
}
# whether a comment character inside the value ends it
function cuts(v,   i, c, q, before) {
  before = " "
  for (i = 1; i <= length(v); i++) {
    c = substr(v, i, 1)
    if (c == "\\") i++
    else if (c == "\"") q = !q
    else if (!q && (c == ";" || c == "#")) return before !~ /[ \t]/
    before = c
  }
  return 0
}
{
  line = $0; n0++
  if (!plain) {
    at = index(substr(line, skip), ":") + skip - 1
    f = substr(line, 1, at - 1); line = substr(line, at + 1)
    if (f != file) { file = f; printf "=file %s\n", f; pem = 0; more = 0; n0 = 1 }
  }
  comment = line ~ /^[ \t]*([#;]|\/\/)/
  if (more || pem) {
    if (line ~ /-----END/) pem = 0
    more = more && goesOn(line)
    tag("", line); print "|"; next
  }
  # its lines may follow, or stand in this one as \n
  if (match(line, /-----BEGIN[A-Z ]*PRIVATE/)) {
    name = substr(line, RSTART + RLENGTH); pem = name !~ /-----END/
    tag(substr(line, 1, RSTART + RLENGTH - 1), name); print "|"; next
  }
  name = line; sub(/^[ \t]*([#;]+[ \t]*)?/, "", name)
  eq = index(line, "=")
  if (!eq && match(line, /^[ \t-]*[A-Za-z][A-Za-z0-9_.]*:[ \t]+[^ \t\r]/)) eq = index(line, ":")
  if (eq) {
    if (!comment && cuts(substr(line, eq + 1))) printf "=cut %d\n", n0
    name = substr(line, 1, eq - 1); sub(/^[ \t]*([#;]+[ \t]*)?/, "", name); sub(/[ \t]+$/, "", name)
    if (secret(name) && substr(line, eq + 1) !~ /^[ \t\r]*$/) {
      more = goesOn(line)
      whole(substr(line, 1, eq) " ", substr(line, eq + 1)); next
    }
    value(substr(line, 1, eq), substr(line, eq + 1)); next
  }
  value("", line)
}
`;
