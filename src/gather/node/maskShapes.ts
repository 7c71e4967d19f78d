/**
 * A form that few lines need: gawk compiles what stands between slashes at its start, all of it in 4 ms, and a string when
 * it is first needed. `index` before it spares most lines the search. A tab is itself there: to busybox a backslash between
 * brackets is a character like others.
 */
export const late = (form: string): string => `"${form.replaceAll('\\/', '/').replace(/"|\\(?![tr])/g, '\\$&')}"`;

/** The part of the masking program that knows what secrets look like: by the name of a value, and by its own shape. */
export const MASK_SHAPES = String.raw`
# a value that tells nothing, whatever it is called
function harmless(v) {
  sub(/^[ \t]+/, "", v); sub(${late(String.raw`[ \t]+[;#].*$`)}, "", v); gsub(${late(String.raw`[] \t\r"',;})]+$`)}, "", v); gsub(${late(`^["'([{]+`)}, "", v)
  return v == "" || v ~ ${late('^[-+]?[0-9][0-9.:]*[A-Za-z%]?[A-Za-z]?$')} || v ~ /:\/\// || v ~ ${late('^[~.]?/[^ ]*$')} || \
    v ~ ${late(String.raw`^[A-Za-z0-9.-]+\.[A-Za-z]+(:[0-9]+)?$`)} || (length(v) < 25 && v ~ ${late('^[A-Za-z][a-z]*([-_. ,][A-Za-z]?[a-z]*)*$')})
}
# whether what n names is one; some only where the value v does not show that it is none
function secret(n, v,   raw, strong) {
  # a name in letters that the lists below have not: nobody knows that its value is harmless
  if (n ~ /[^ -~\t\r]/) return 1
  raw = tolower(n); gsub(/[^a-z0-9]+$/, "", raw); n = raw
  gsub(/[^a-z0-9]/, "", n)
  # a setting of systemd that has names of variables, and switches of rserver
  if (n == "passenvironment" || n ~ /^auth(encryptpassword|pamrequirepasswordprompt)$/) return 0
  strong = n ~ /(pass|pwd|secret|token|authtok|masterauth|credential|private|apikey|accesskey|salt|license|passwd|sess(ion)?id|wachtwoord|heslo|otp$|^pin$|ot(el|lp)[a-z]*headers$)/ || raw ~ /(^|[^a-z0-9])creds?$/ || n ~ /(key|pw|keydata|certdata|authheader)(b64|base64|hex|pem)?$/
  if (n ~ /(path|file|dir|url|uri|id|enabled|name|length|lifetime|timeout)$/ && raw !~ /(^|[^a-z0-9])sid$/) return strong && !harmless(v)
  if (strong) return 1
  return (n ~ /(cookie|jwt|hmac|authorization|bearer|signature|webhook|serial|community|assertion|kennwort|senha|contrase|csrf|nonce|pepper|samlresponse)/ || n ~ /(^session|basicauth|securityanswer)$/ || raw ~ /(^|[^a-z0-9])(otp|seed|pin|psk|sso|sid|tickets?|sig|sas|pat|codes?|hook|auth|mdp|clave|keys?[0-9]*)$/) && !harmless(v)
}
# a long word that nobody wrote by hand: letters and digits change places all the time
function random(w,   i, c, k, last, digits, changes, marks) {
  gsub(/=+$/, "", w)
  if (length(w) < 20) return 0
  for (i = 1; i <= length(w); i++) {
    c = substr(w, i, 1)
    k = c ~ /[0-9]/ ? 1 : c ~ /[a-z]/ ? 2 : c ~ /[A-Z]/ ? 3 : 4
    if (k == 4) { marks++; continue }
    if (k == 1) digits++
    if (last && k != last) changes++
    last = k
  }
  if (marks > length(w) / 8) return w ~ /^[0-9a-fA-F]+-[0-9a-fA-F]+-[0-9a-fA-F]+-[0-9a-fA-F]+-[0-9a-fA-F]+$/
  if (digits > 1 && w ~ /^[0-9a-fA-F]+$/ && w !~ /^[0-9]+$/) return 1
  return (digits > 1 && changes > length(w) * 0.3) || changes > length(w) * 0.45
}
# a product key: groups of four capitals and digits, five and more of them
function licence(w) { return length(w) > 23 && w ~ /^([A-Z0-9][A-Z0-9][A-Z0-9][A-Z0-9]-)+[A-Z0-9][A-Z0-9][A-Z0-9][A-Z0-9]$/ }
# how much of the word w is one by its looks
function looks(w) {
  return w ~ /^(AKIA|ASIA)[A-Z0-9]+$/ && length(w) > 15 || \
    w ~ /^(ghp_|gho_|ghs_|ghu_|ghr_|github_pat_|glpat-|xox[abeprs]-|sk-|sk_|rk_|npm_|pypi-|hvs\.|hvb\.|dop_v1_|SG\.|AIza|ya29\.|eyJ|MII|LS0tLS1|shp[a-z][a-z]_|ATATT|AGE-SECRET-KEY-|dckr_pat_|hf_|dapi|xapp-|whsec_|sbp_|PMAK-|lin_api_|NRAK-|gl[a-z]+-)/ && length(w) > 11 || licence(w) || random(w)
}
# where the first text with the shape of a secret stands in s; its length is wide
function shape(s,   at, from, w, n, c, before) {
  best = 0; low = tolower(s); blank = index(s, " ") || index(s, "\t")
  # credentials of a header
  if (blank && (match(low, ${late(String.raw`(^|[^a-z0-9])(bearer|negotiate|ntlm|apikey|geniekey|sso-key)[ \t]+[^ \t"',;]+`)}) || match(low, ${late(String.raw`(^|[^a-z0-9])(basic|digest|token)[ \t]+[^ \t"',;]*[0-9=][^ \t"',;]*`)}))) {
    w = substr(s, RSTART, RLENGTH); at = RSTART; n = RLENGTH
    match(w, /[ \t][^ \t]+$/); best = at + RSTART; wide = n - RSTART
  }
  # hashes of passwords, vaults
  if ((index(s, "$") || index(s, "{")) && match(s, ${late(String.raw`\$(1|5|6|y|2[aby])\$[^ \t"']+|\{(SSHA|SHA|CRYPT|PBKDF2)[0-9]*\}[^ \t"']+|\$ANSIBLE_VAULT[^ \t]+`)}) && (!best || RSTART < best)) { best = RSTART; wide = RLENGTH }
  # options of commands
  if (blank && index(low, "-") && match(low, ${late(String.raw`(^|[ \t"'])--?([a-z0-9]+-)*(password|passphrase|([a-z]*store|key|require)pass|masterauth|passwd|pass|pwd|token|secret|api-?key|access-?key|secret-?key)[ \t]+[^- \t][^ \t]*`)}) && (!best || RSTART < best)) best = tailOf(s, RSTART, RLENGTH)
  if (program && match(s, /[ \t]-[puwaU][ \t]*[^- \t][^ \t]*/) && (!best || RSTART < best)) {
    w = substr(s, RSTART, RLENGTH); best = RSTART + 3; sub(/^[ \t]-.[ \t]*/, "", w); best = RSTART + RLENGTH - length(w); wide = length(w)
    if (c = index(w, ":")) { best += c; wide -= c }
    if (wide == 0) best = 0
  }
  if (program && match(low, ${late(String.raw`(^|[^a-z0-9])((zip|ipmitool|sqlcmd|bcp|ssh-keygen)[ \t](.*[ \t])?-[pn]|snmp[a-z]+[ \t](.*[ \t])?-c|lftp[ \t](.*[ \t])?-u|curl[ \t](.*[ \t])?(-b|--cookie)|mysqladmin[ \t].*password|rabbitmqctl[ \t](.*[ \t])?(add_user|change_password)[ \t]+[^ \t]+|sqlplus([ \t]+-[a-z]+)*|kubectl[ \t].*--from-literal)[ \t=]+[^- \t][^ \t]*`)}) && (!best || RSTART < best)) best = tailOf(s, RSTART, RLENGTH)
  # programs that take it as a word: all behind the account is masked
  if (program && match(low, ${late(String.raw`(^|[^a-z0-9])(smbpasswd([ \t]+-[a-z]+)*|net[ \t]+((rpc|ads)[ \t]+)?user([ \t]+(add|password))?[ \t]+[^ \t]+|rclone[ \t]+(.*[ \t])?(obscure|config[ \t]+(create|update|password)[ \t]+[^ \t]+))[ \t]+`)}) && RSTART + RLENGTH <= length(s) && (!best || RSTART + RLENGTH < best)) { best = RSTART + RLENGTH; wide = length(s) - best + 1 }
  if (index(low, "user") && match(low, ${late(String.raw`--(proxy-)?user[ \t=]+[^ \t:]+:[^ \t]+`)})) after("^[^:]*:")
  if (index(low, "login") && match(low, ${late(String.raw`(docker|podman|nerdctl|helm|skopeo|oc|az)[ \t]+([a-z-]+[ \t]+)*login[ \t].*[ \t]-p[ \t]*[^- \t][^ \t]*`)})) after("^.*[ \t]-p[ \t]*")
  if (index(low, "htpasswd") && match(low, ${late(String.raw`htpasswd[ \t](.*[ \t])?-[a-z]*b[a-z]*[ \t]+[^ \t].*`)})) after("^htpasswd[ \t](.*[ \t])?-[a-z]*b[a-z]*[ \t]+")
  # of curl's configuration
  if (index(low, "user") && match(low, ${late(String.raw`(^|[^a-z0-9-])(proxy-)?user(name)?["']?[ \t]*[=: \t][ \t]*["']?[^] \t:=;,"'(){}[/-][^ \t:=;,"'(){}/]*:[^ \t:\/"'][^ \t"']*`)})) after("^[^a-z]?(proxy-)?user(name)?[\"']?[ \t]*[=: \t][ \t]*[\"']?[^:]*:")
  if (index(low, "vault") && match(low, ${late(String.raw`vault[ \t]+login[ \t]+[^- \t][^ \t]*`)})) after("^vault[ \t]+login[ \t]+")
  if (index(low, "openssl") && match(low, ${late(String.raw`openssl([ \t].*)?[ \t]-k[ \t]+[^- \t][^ \t]*`)})) after("^.*[ \t]-k[ \t]+")
  if (index(low, "pass:") && match(low, ${late(String.raw`(^|[ \t"'])pass:[^ \t"']+`)})) after("^[^p]?pass:")
  if (index(low, "set") && match(low, ${late(String.raw`[ \t]set[ \t]+[a-z0-9_.-]*(pass|masterauth|secret|token|access_?key|api_?key)[a-z0-9_.-]*[ \t]+[^- \t][^ \t]*`)})) after("^[ \t]set[ \t]+[^ \t]+[ \t]+")
  # what a program is given to read, and headers that are set
  if (index(low, "|") && match(low, ${late(String.raw`(^|[^a-z0-9])(echo|printf)[ \t][^|]*[|][ \t]*(env[ \t]+)?(sudo|su|passwd|chpasswd|docker|podman|helm|kinit|cryptsetup|openssl|mysql|psql|smbclient|smbpasswd|sshpass|htpasswd)([ \t]|$)`)})) after("^[^a-z]?(echo|printf)[ \t]+(-[a-z]+[ \t]+)*", "[ \t]*[|]")
  if (index(low, "<<<") && match(low, ${late(String.raw`<<<[ \t]*[^ \t].*`)})) after("^<<<[ \t]*")
  if (index(low, "header") && match(low, ${late(String.raw`(^|[ \t_-])header[ \t]+["']?[a-z0-9-]+["']?[ \t]+[^ \t].*`)})) after("^[ \t_-]?header[ \t]+[^ \t]+[ \t]+")
  # lines of .netrc and .pgpass, a user of a share with its password
  if (index(low, "passw") && match(low, ${late(String.raw`(^|[ \t])(machine|login|default)[ \t].*[ \t]passw(or)?d[ \t]+[^ \t]+`)})) after("^.*[ \t]passw(or)?d[ \t]+")
  if (index(low, ":") && match(low, ${late(String.raw`(^|[ \t="'])[a-z0-9_-]*[g-z.*-][a-z0-9_.*-]*:([0-9]+|[*]):[^: \t]*:[^: \t]*:[^ \t"']+`)})) after("^[^:]*:[^:]*:[^:]*:[^:]*:")
  if (index(low, "%") && match(low, ${late(String.raw`((^|[ \t,])user(name)?=|[ \t]-u[ \t]*)[^%, \t]+%[^, \t]+`)})) after("^[^%]*%")
  # user:password@host and user/password@host without a scheme
  if (index(low, "@") && low !~ ${late('(mailto|sip|ssh):')} && match(low, ${late(String.raw`(^|[ \t="'(,#\/])[a-z0-9_.%+-]+:[^ \t:\/@"'()]+@`)})) after("^[^:]*:", "[@]")
  if (index(low, "@") && match(low, ${late(String.raw`(^|[ \t="'])[a-z0-9_$#]+\/[^ \t\/:@"']+@[a-z0-9-]+([.][a-z]|:[0-9])`)})) after("^[^/]*/", "[@]")
  # a rule of Redis for a user, with its password
  if (index(low, " >") && match(low, ${late(String.raw`(^|[^a-z])(set)?user[ \t]+[^ \t]+[ \t]([^>]*[ \t])?>[^] \t>&=\/].*`)})) after("^[^>]*>")
  # a short name that is often one in a query, where the value is neither a number nor a time
  if (index(low, "t=") && match(low, ${late(String.raw`:\/\/[^ \t]*[?&]t=[^] \t&"'#;]+`)})) {
    w = substr(low, RSTART, RLENGTH); sub(/^.*[?&]t=/, "", w)
    if (length(w) > 7 && w ~ /[0-9]/ && w !~ /^[0-9dhmstz:.+-]+$/) after("^.*[?&]t=")
  }
  # XML, and a name beside its value
  if (index(low, "<") && match(low, ${late('<[a-z0-9_.:-]*(password|passwd|passphrase|secret|token|apikey|credential)[a-z0-9_.:-]*>[^<]+')})) after("^<[^>]*>")
  if (index(low, "value") && match(low, ${late(String.raw`(name|key)["']?[ \t]*[=:][ \t]*["']?[^"',: \t]*(pass|pwd|secret|token|api_?key|credential|private)[^"',: \t]*["']?[ \t]*,?[ \t]*["']?value["']?[ \t]*[=:][ \t]*["']?[^"'},]+`)})) after("^.*value[\"']?[ \t]*[=:][ \t]*[\"']?")
  # a token as the user of a URL, an account with its password before an @
  if (index(s, "@")) for (from = 1; match(substr(s, from), ${late(String.raw`:\/\/[^\/@ \t"']+@|[\/:][^\/:@ \t"']+\/[^\/:@ \t"']+@`)}); from = at) {
    at = from + RSTART - 1 + RLENGTH; w = substr(s, from + RSTART - 1, RLENGTH)
    if (w ~ /^:\/\//) { w = substr(w, 4, length(w) - 4); c = 3 }
    else { c = index(substr(w, 2), "/") + 1; w = substr(w, c + 1, length(w) - c - 1) }
    if (index(w, ":") || (w ~ /^[a-z_][a-z_.-]*[0-9]?[0-9]?[0-9]?$/ && length(w) < 24 && c == 3)) continue
    n = at - 1 - length(w)
    if (!best || n < best) { best = n; wide = length(w) }
    break
  }
  # the path of a webhook
  if (index(low, "hook") && match(low, ${late(String.raw`hooks\.slack\.com\/(services|workflows|triggers)\/[^ \t"'?]+|\/(webhook|webhooks|hook|hooks)[a-z0-9]*\/[^ \t"'?]+|webhook\.office\.com\/[^ \t"'?]+`)})) {
    w = substr(low, RSTART, RLENGTH); at = RSTART; n = RLENGTH
    match(w, w ~ /^hooks/ ? "^hooks[^/]*/[a-z]*/" : w ~ /^webhook\.office/ ? "^[^/]*/" : "^/[a-z0-9]*/")
    if (!best || at + RLENGTH < best) { best = at + RLENGTH; wide = n - RLENGTH }
  }
  # words by their looks, where the name does not say what they are
  if (!calm && length(s) > 11) for (from = 1; match(substr(s, from), /[A-Za-z0-9+\/_.-][A-Za-z0-9+\/_.-][A-Za-z0-9+\/_.-][A-Za-z0-9+\/_.-][A-Za-z0-9+\/_.-][A-Za-z0-9+\/_.-][A-Za-z0-9+\/_.-][A-Za-z0-9+\/_.-][A-Za-z0-9+\/_.-][A-Za-z0-9+\/_.-][A-Za-z0-9+\/_.-][A-Za-z0-9+\/_.=-]+/); from = at) {
    n = from + RSTART - 1; w = substr(s, n, RLENGTH)
    # a name with its = is another word than its value
    if (match(w, /^[A-Za-z0-9_.\/-]*=+[^=]/) && !looks(substr(w, 1, RLENGTH - 1))) w = substr(w, 1, RLENGTH - 1)
    at = n + length(w); before = n > 1 ? substr(s, n - 1, 1) : ""
    # a host is none
    if (before == "@" || w ~ /^\/\//) {
      c = w ~ /^\/\// ? 2 : 0
      c += index(substr(w, c + 1) "/", "/") - 1; n += c; w = substr(w, c + 1); before = "h"
    }
    if (best && n >= best) break
    if (w ~ /^[.~]?\//) {
      # nor a path; but in a URL each part of it is looked at
      if (before !~ /[]A-Za-z0-9.:]/) continue
      c = part(w); if (c) { best = n + c - 1; wide = partly; break }
      continue
    }
    if (w ~ /\/.*\/.*\.|[A-Za-z]\.[a-z]+\//) { c = part(w); if (c) { best = n + c - 1; wide = partly; break } continue }
    if (looks(w)) { best = n; wide = length(w); break }
  }
  return best
}
# whether the line says that the value in the next one is a secret
function names(l) {
  if (!match(l, /^[ \t-]*["']?(name|key)["']?[ \t]*[=:][ \t]*["']?/)) return 0
  l = substr(l, RLENGTH + 1); gsub(/["', \t\r]+$/, "", l)
  return secret(l, "1x2")
}
# where the value of SetEnv NAME VALUE and the like stands, if it is a secret
function assigned(l,   at, rest) {
  if (!match(tolower(l), /^[ \t]*(set|setenv|env|export|arg|define|[a-z]+_param)[ \t]+/)) return 0
  at = RLENGTH; rest = substr(l, at + 1)
  return match(rest, /^[$]?[A-Za-z0-9_.-]+[ \t]+[^ \t=:]/) && secret(wordOf(rest), substr(rest, RLENGTH)) ? at + RLENGTH : 0
}
# in low: what of the text that was just matched stands behind its beginning, of the form head, and before the character end; a
# form in a string would be compiled anew for every line
function after(head, end,   at, n, w) {
  at = RSTART; w = substr(low, at, RLENGTH)
  if (!match(w, head)) return
  at += RLENGTH; w = substr(w, RLENGTH + 1); n = length(w)
  if (end != "" && match(w, end)) n = RSTART - 1
  if (n > 0 && (!best || at < best)) { best = at; wide = n }
}
function tailOf(s, at, n,   w) { w = substr(s, at, n); match(w, /[^ \t]+$/); wide = n - RSTART + 1; return at + RSTART - 1 }
# the first part of a path that is one
function part(w,   n, i, parts, at) {
  n = split(w, parts, "/"); at = 1
  for (i = 1; i <= n; i++) { if (looks(parts[i])) { partly = length(parts[i]); return at } at += length(parts[i]) + 1 }
  return 0
}
`.trim();
