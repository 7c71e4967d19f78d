import { PLACEHOLDER } from './maskPlaceholder.js';
import { late, MASK_SHAPES } from './maskShapes.js';
import { MASK_STRINGS } from './maskStrings.js';
import { MASK_UNITS } from './maskUnits.js';

/** Without comments and indentation, a tenth of it: it goes to every node, and is read twice there. */
const lean = (program: string): string => program.replace(/^[ \t]+/gm, '').replace(/^#.*\n/gm, '');

/**
 * The awk program that runs on the node and keeps secrets there. It reads `path:line` (from `grep -H`), or plain
 * lines when `-v plain=1`, and writes every line behind a `|`. A secret leaves as a keyed digest instead: what stands
 * before it behind a `+`, then sha256sum's own line, then the rest. So equality can be judged and nothing else.
 * With `-v late=1` a line `@` stands where sha256sum's would, and the secret is added to `held`.
 * What is a secret: the value of a name that looks like one, or that is in other letters, also inside another value; user:password in a URL; anything
 * between BEGIN and END of a private key; with the lines it goes on in. And whatever has the shape of one, whatever its name (`shape`): credentials
 * of a header, a token as the user of a URL, a signature, the path of a webhook, what follows `--password`, a long word of a random alphabet. Of a
 * comment only its mark leaves. It rather masks too much; paths, numbers, booleans, host names and plain words stay readable where no name says that they are secret.
 *
 * What is only visible while the value is there comes on separate lines: `=cut N`, an unquoted `;` or `#` in the value of line N;
 * `=placeholder N`, a common placeholder for its secret; `=unencoded N`, a password with characters that its URL does not take;
 * `=joined N`, a line of a unit that goes on in the next one; `%0` or `%m` before a secret of a unit, a specifier in it;
 * `code` before one of Groovy, which computes the value; `=wrapped N`, a secret that may be the same as one of another digest: it is encrypted, or percent-encoded.
 */
export const MASK_PROGRAM = lean(String.raw`
${PLACEHOLDER}
function tag(before, v, single,   shut) {
  # the comma of JSON, which the last of its values has not
  if (single && substr(f, length(f) - 4) == ".json") sub(/,[ \t\r]*$/, "", v)
  if (unit) before = before specifiers(v)
  # the quote that ends a text with more in it than the secret
  if (v ~ /[^\\]"[ \t\r]*$/ && quoteIn(before) == "\"") shut = "\""
  gsub(/^[ \t"]+|[ \t\r"]+$/, "", v)
  if (single) gsub(/^'+|'+$/, "", v)
  if (index(v, "%%")) v = specified(v)
  if (!comment && placeholder(v)) printf "=placeholder %d\n", n0
  if (!comment && encrypted(v)) printf "=wrapped %d\n", n0
  # the key of Connect or Package Manager, which is decoded: hexadecimal digits have no case
  if (v !~ /[^0-9A-Fa-f]/ && index(tolower(before), "encryption") && tolower(before) ~ ${late(String.raw`encryption_?key[ \t"']*[=:][ \t"']*$`)}) v = tolower(v)
  digest(bare(before), v)
  return shut
}
# what rskey made of a value, each time with other random bytes: of Connect and Package Manager base64, of Workbench with a checksum around it
function encrypted(v) {
  if (length(v) < 40 || v ~ /[^A-Za-z0-9+\/=]/) return 0
  if (f ~ /database\.conf$/) return v !~ /^.?.?.?.?.?.?.?[^0-9A-Fa-f]/ && tolower(substr(v, 1, 8)) == tolower(substr(v, length(v) - 7))
  return f ~ /\.gcfg$/ && length(v) % 4 == 0 && v ~ /[^0-9A-Fa-f]/ && v !~ /=[^=]|===/
}
${MASK_UNITS}
function digest(before, v) {
  printf "+%s\n", before; tagged = 1
  if (!late) sum(v); else { print "@"; held = held "+" v "\n" }
}
function sum(v) { fflush(); printf "%s%s", ENVIRON["HA_NONCE"], v | "exec sha256sum"; close("exec sha256sum") }
# a text without what has the shape of a secret: of that digests leave
function bare(s,   p) {
  program = (index(s, " ") || index(s, "\t")) && tolower(s) ~ ${late(String.raw`(^|[^a-z])(sshpass|mysql[a-z]*|mongo[a-z]*|redis-cli|ldap[a-z]+|curl|wget|lftp|smbclient|user(add|mod)|7za?|zip|ipmitool|sqlcmd|bcp|sqlplus|ssh-keygen|snmp[a-z]+|rabbitmqctl|kubectl|smbpasswd|rclone|net[ \t]+((rpc|ads)[ \t]+)?user)[ \t]`)}
  while ((p = shape(s)) > 0) {
    wide -= shuts(substr(s, p, wide))
    digest(substr(s, 1, p - 1), substr(s, p, wide)); s = substr(s, p + wide)
  }
  return s
}
function show(s) { s = bare(s); printf "|%s\n", s }
${MASK_SHAPES}
function wordOf(l) { sub(/^[ \t#;]+/, "", l); sub(/[ \t].*/, "", l); return l }
# a value without the words of the comment behind it, where the file knows such
function unremarked(v) {
  if (f !~ /\.gcfg$|\/(rserver|rsession)\.conf$/ || !match(v, f ~ /g$/ ? "[ \t][;#]" : "[ \t]#")) return v
  return quoteIn(substr(v, 1, RSTART)) == "" ? substr(v, 1, RSTART + 1) : v
}
function goesOn(l) { return l ~ /(^|[^\\])(\\\\)*\\\r?$/ }
# the value of a secret's name; for who knows comments, what follows the first is no part of it
function whole(head, v, single,   at) {
  if (v ~ /^[ \t]*"/) at = match(v, /^[ \t]*"(\\.|[^"\\])*"[ \t]*[;#]/) ? RLENGTH : 0
  else at = match(v, /[ \t][;#]/) ? RSTART + 1 : 0
  if (at) {
    if (substr(v, 1, at - 1) !~ /^[ \t]*$/) { tag(head, substr(v, 1, at - 1), single); head = "" }
    head = head " " substr(v, at, 1); v = substr(v, at + 1); comment = 1
  }
  print "|" tag(head, v, single)
}
${MASK_STRINGS}
# where the first secret of v that has a name stands; its separator is at sep
function named(v,   s, b, n) {
  for (s = 1; match(substr(v, s), groovy ? CALL : NAME); s = sep + 1) {
    b = s + RSTART - 1; sep = b + RLENGTH - 1; n = substr(v, b, RLENGTH)
    # host:port is not a name with its value, unless the host is called password
    if (substr(v, sep, 1) == ":" && tolower(n) !~ /^[a-z_.-]*(password|passwd|passphrase|pwd):$/ && n !~ /["'][ \t]*:$/ && substr(v, sep + 1, 1) !~ /^[ \t"']/) continue
    if (secret(n, firstOf(substr(v, sep + 1)))) { if (substr(v, sep, 1) ~ /["']/) sep--; return b }
  }
  return 0
}
# where the first password of a URL in v stands, up to the last @ of the word; its length in long
function inUrl(seen, v,   s, p, c, at, rest, word, q) {
  for (s = 1; (p = index(substr(v, s), "://")) > 0; ) {
    s += p + 2; rest = substr(v, s); word = rest
    sub(/[ \t].*$/, "", word)
    c = index(word, ":")
    if (!c) continue
    at = match(word, /.*@/) ? RLENGTH : 0
    # neither a password that ends here nor a port: it has blanks in it
    if (at <= c && substr(word, c + 1) !~ /^[0-9]+([\/?,;"'&)}].*)?$/) {
      q = quoteIn(seen substr(v, 1, s - 1))
      at = match(q == "" ? rest : substr(rest, 1, inQuote(rest, q)), /.*@/) ? RLENGTH : 0
    }
    if (at > c) { long = at - c - 1; return s + c }
  }
  return 0
}
# whether the driver of the product does not take this password as it stands: Go's net/url, or libpq. An @ may end it
function unencoded(before, pw, inQuotes,   first, bad) {
  if (comment || before !~ /postgres(ql)?:\/\/[^:\/@ \t]*:$/) return 0
  first = pw; sub(/@.*/, "", first); if (placeholder(first)) return 0; bad = first; gsub(/%[0-9A-Fa-f][0-9A-Fa-f]/, "", bad)
  if (f ~ /\.gcfg$/) return bad ~ (inQuotes ? "[^A-Za-z0-9._:~!$&'()*+,;=-]" : "[^A-Za-z0-9._:~!$&'()*+,=-]")
  return f ~ /\/database\.conf$/ && (bad ~ /[%\/]/ || (first != pw && substr(pw, length(first) + 2) !~ /\//))
}
# a password of a URL as Go's driver reads it: printable characters decoded, all but the percent sign
function decoded(pw,   out, i, code) {
  while ((i = index(pw, "%")) > 0) {
    code = substr(pw, i + 1, 2) ~ /^[0-9A-Fa-f][0-9A-Fa-f]$/ ? 16 * index("123456789abcdef", tolower(substr(pw, i + 1, 1))) + index("123456789abcdef", tolower(substr(pw, i + 2, 1))) : 0
    out = out substr(pw, 1, i - 1) (code > 32 && code < 127 && code != 37 ? sprintf("%c", code) : toupper(substr(pw, i, 3)))
    pw = substr(pw, i + 3)
  }
  return out pw
}
# length of the secret u begins with; all of it where nothing tells its end
function extent(u, q, query,   c, n, z) {
  c = substr(u, 1, 1)
  if ((c == "'" || c == "\"") && (c != q || index(substr(u, 2), c))) return quoted(u)
  z = q == "" ? length(u) : inQuote(u, q)
  if (unit && q != "") return z
  if (c == "\\") return z
  if (query && match(substr(u, 1, z), /[ \t&]/)) return RSTART - 1
  if (groovy && q == "") return (n = index(u, "*/")) ? n - 1 : z
  return match(substr(u, 1, z), /[ \t]+[A-Za-z_][A-Za-z0-9_.-]*[ \t]*=/) ? RSTART - 1 : z
}
function value(head, v,   seen, p, b, u, before, q, n, s) {
  for (;;) {
    p = inUrl(seen, v); b = named(v); s = sep
    if (!p && !b) break
    if (p && (!b || p <= s)) {
      if (unencoded(seen substr(v, 1, p - 1), substr(v, p, long), quoteIn(seen substr(v, 1, p - 1)) != "")) printf "=unencoded %d\n", n0
      u = substr(v, p, long); if (!comment && index(u, "%") && f ~ /database\.conf$/) printf "=wrapped %d\n", n0
      head = head substr(v, 1, p - 1)
      if (index(u, "%") && f !~ /database\.conf$/ && substr(v, 1, p - 1) ~ /postgres(ql)?:\/\/[^:\/@ \t]*:$/) { if (unit) head = head specifiers(u); u = decoded(specified(u)) }
      tag(head, u); head = ""
      seen = seen substr(v, 1, p + long - 1); v = substr(v, p + long)
      continue
    }
    u = substr(v, s + 1); sub(/^[ \t]+/, "", u)
    before = substr(v, 1, length(v) - length(u))
    if (groovy ? seen before ~ /(^|[ \t])\/[\/*]/ : seen before ~ /(^|[ \t])[;#]/) comment = 1
    # its name may be quoted
    n = b > 1 && substr(v, b - 1, 1) ~ /["']/ ? b - 2 : b - 1
    q = unit ? unitQuote(seen substr(v, 1, b - 1)) : quoteIn(seen substr(v, 1, n))
    if (u ~ /^\r?$/) { open = groovy && !comment; break }
    n = substr(v, s, 1) == "(" ? length(u) : extent(u, q, b > 1 && substr(v, b - 1, 1) ~ /[?&]/)
    if (groovy && !comment && q == "" && substr(v, s, 1) != "(" && computed(u, n)) before = before "code "
    # an expression in which it is the first part; a comment behind it does not belong to it
    if (groovy && q == "" && substr(u, n + 1) ~ /^[ \t]*[+.?]/) n = length(u)
    else if (groovy && q == "" && substr(u, n + 1) ~ /^[ \t]*;?[ \t]*\/\//) u = substr(u, 1, n)
    if (n == length(u)) {
      if (!groovy) { whole(head before, u, 1); return }
      if (!comment) { depth = until == "" ? brackets(u) : 0; chain = 1; open = depth <= 0 && u ~ /[+,.(]\r?$/ }
      print "|" tag(head before, u, 1); return
    }
    if (n > 0) { tag(head before, substr(u, 1, n), 1); head = "" }
    else head = head before
    seen = seen before substr(u, 1, n); v = substr(u, n + 1)
  }
  show(head v)
}
# a line in which a secret of an earlier one goes on
function hidden(l) {
  if (until != "") { if (index(l, until)) until = ""; return 1 }
  if (pem) { if (l ~ /-----END/) pem = 0; return 1 }
  if (more == 2 && l ~ /^[ \t]*["']?[A-Za-z_][A-Za-z0-9_]*=./) more = 0
  if (more) { more = goesOn(l); return 1 }
  if (depth > 0) { depth += brackets(l); return 1 }
  if (l ~ /^[ \t\r]*$/) return 0
  if (open) { depth = brackets(l); open = depth <= 0 && l ~ /[+,.(=]\r?$/; chain = 1; return 1 }
  # a list of YAML may stand as deep as its name
  if (deep >= 0) { match(l, /[^ \t]/); if (RSTART - 1 > deep || (RSTART - 1 == deep && substr(l, RSTART, 2) == "- ")) return 1; deep = -1 }
  return chain && l ~ /^[ \t]*[.+?]/
}
function reset() { pair = pem = more = depth = open = chain = 0; until = ""; deep = -1 }
BEGIN {
  NAME = "[^] \t\r\"'!#$%&()*+,/:;<=>?@[\\\\^\140{|}~]+\\\\*[\"']?[ \t]*[+?]?[=:]"
  CALL = NAME "|[A-Za-z0-9_.-]+[ \t]*\\(|[A-Za-z0-9_.-]+[ \t]+[\"']"
  reset()
}
{
  line = $0; n0++; tagged = 0; calm = 0
  if (!plain) {
    at = index(substr(line, skip), ":") + skip - 1
    f = substr(line, 1, at - 1); line = substr(line, at + 1)
    if (f != file) { file = f; printf "=file %s\n", f; n0 = 1; reset(); groovy = f ~ /\.groovy$/; unit = f ~ /\/systemd\/.*\.(service|conf)$/ }
  }
  comment = line ~ /^[ \t]*([#;]|\/\/)/ || (groovy && line ~ /^[ \t]*\/?\*/)
  if (hidden(line)) { print "|" tag("", line); next }
  chain = 0
  # a secret that is whole: the next line may be another item of the same list
  joins = unit && !comment && line ~ /([A-Za-z0-9_]=[^ \t]*[^ \t=:]|["'])[ \t]+\\\r?$/ && unitQuote(line) == ""
  if (joins) { sub(/[ \t]*\\\r?$/, "", line); printf "=joined %d\n", n0 }
  # a name in one line, its value in the next
  if (pair && match(line, /^[ \t]*["']?value["']?[ \t]*[=:]/)) { pair = 0; print "|" tag(substr(line, 1, RLENGTH), substr(line, RLENGTH + 1), 1); next }
  pair = names(line)
  # its lines may follow, or stand in this one as \n
  if (match(line, /-----BEGIN[A-Z ]*PRIVATE/)) {
    name = substr(line, RSTART + RLENGTH); pem = name !~ /-----END/
    shut = ""
    if (substr(line, 1, RSTART - 1) !~ /^[#; \t]*[A-Za-z0-9_. \t-]*[=:]?[ \t|>"']*$/) tag("", line)
    else shut = tag(substr(line, 1, RSTART + RLENGTH - 1), name)
    print "|" shut; next
  }
  # of a comment only that it is one
  if (groovy ? comment && line !~ /\*\/[ \t]*[^ \t\r]/ : line ~ /^[ \t]*#/ || (f ~ /\.gcfg$/ && line ~ /^[ \t]*;/)) {
    match(line, /^[ \t]*(#|;|\/\/|\/\*|\*\/|\*)?/); name = substr(line, 1, RLENGTH)
    # it ends where it ended
    if (groovy && name !~ /\/\/$|\*\/$/ && line ~ /\*\//) name = name " */"
    printf "|%s\n", name
    if (!groovy && goesOn(line) && tolower(line) ~ /:\/\/|pass|pwd|secret|token|key|cred/) more = 1
    next
  }
  eq = index(line, "="); colon = 0
  if (match(line, /:([ \t]|\r?$)/) && (!eq || RSTART < eq)) { eq = RSTART; colon = 1 }
  name = substr(line, 1, eq - 1); if (n0 == 1) sub(/^\357\273\277/, "", name)
  sub(/^[ \t]*([#;]+[ \t]*)?/, "", name)
  calm = tolower(name) ~ /(bucket|host|hostname|host-name|region|endpoint|address|listen|server|domain|keyid|key-id|arn|prefix|database|dbname|schema)[ \t]*$/
  # a name, blanks, a value; a word for "set" may stand before them
  if (!groovy && (at = assigned(line))) { print "|" tag(substr(line, 1, at - 1), substr(line, at), 1) }
  else if (!groovy && match(line, /^[ \t]*([#;]+[ \t]*)?[A-Za-z0-9_.-]+[ \t]+[^ \t=:]/) && secret(wordOf(line), substr(line, RLENGTH))) {
    print "|" tag(substr(line, 1, RLENGTH - 1), substr(line, RLENGTH), 1)
  }
  else if (!eq || groovy || unit || name ~ /@|:\/\/|["'{].*:/) value("", line)
  else {
    v = substr(line, eq + 1)
    if (!comment && !colon && cuts(v)) printf "=cut %d\n", n0
    if (!secret(name, v)) value(substr(line, 1, eq), unremarked(v))
    else {
      if (colon && !comment) { match(line, /[^ \t-]/); deep = RSTART - 1 }
      if (v ~ /^[ \t\r]*$/) show(line)
      else whole(substr(line, 1, eq) " ", v, colon || (section == "units" && !unit))
    }
  }
  if ((joins || goesOn(line)) && (tagged || line ~ /:\/\//)) more = 1 + joins
}
`);
