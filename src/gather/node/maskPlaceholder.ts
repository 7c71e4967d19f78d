/** For the mask: whether a value only stands where a secret is to be. */
export const PLACEHOLDER = String.raw`# a word that was put there to be replaced, or a template that nobody filled in
function placeholder(v,   w, i) {
  w = tolower(v); gsub(/[^a-z0-9]/, "", w)
  if (w ~ /^(change(me|it|this)(now|please)?|replace(me|this|it)?(now)?|(to)?be(re)?placed|fill(me|this)?in|(insert|enter|put|set|add)?(your|my|the|a)?(own)?(secret|password|passwd|passphrase|token|key)(here|goeshere|value)?|securecookiekey|todo|fixme|tbd|placeholder|dummy|sample|(an)?example(password|secret|key|token)?|x*xxx)$/) return 1
  if (v ~ /^\{\{.*\}\}$|^\{%.*%\}$|^<[A-Za-z][^<>]*>$|^<%.*%>$|^#\{.*\}$|^\(\(.*\)\)$|^\[\[.*\]\]$|^@+[A-Za-z_.-]+@+$|^__[A-Za-z_]+__$|^\[[A-Za-z _-]+\]$|^%+[A-Za-z_]+%+$/) return 1
  if (!groovy && v ~ /^\$[A-Z_][A-Z0-9_]*$|^\$\{[^{}]*\}$|^\$\([^()]*\)$/) return 1
  if (length(v) < 3) return 0
  for (i = 2; i <= length(v); i++) if (substr(v, i, 1) != substr(v, 1, 1)) return 0
  return 1
}`;
