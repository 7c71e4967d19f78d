/** The part of the masking program that knows where a string, a bracket or a value ends, and what is code. */
export const MASK_STRINGS = String.raw`# the quote that is open at the end of s
function quoteIn(s,   i, c, q) {
  for (i = 1; i <= length(s); i++) {
    if ((c = substr(s, i, 1)) == "\\") i++
    else if (q != "") { if (c == q) q = "" }
    else if (c == "\"" || (groovy && c == "'")) q = c
  }
  return q
}
# up to the quote that ends s, which does not begin with one
function inQuote(s, q,   i, c) {
  for (i = 1; i <= length(s); i++) {
    if ((c = substr(s, i, 1)) == "\\") i++
    else if (c == q) return i - 1
  }
  return length(s)
}
# a string with its quotes: the last one stands before what can follow a value
function quoted(s,   q, i, c) {
  q = substr(s, 1, 1)
  if (groovy && substr(s, 2, 2) == q q) {
    i = index(substr(s, 4), q q q)
    if (!i) until = q q q
    return i ? i + 5 : length(s)
  }
  for (i = 2; i <= length(s); i++) {
    if (substr(s, i, 1) != q || substr(s, i - 1, 1) == "\\") continue
    c = substr(s, i + 1, 1)
    if (c == "" || (c != q && index(" \t\r,;&)}]\"'", c))) return i
  }
  return length(s)
}
function brackets(s,   n) {
  gsub(/"(\\.|[^"\\])*"|'(\\.|[^'\\])*'/, "", s)
  n = gsub(/[({[]/, "", s)
  return n - gsub(/[)}]/, "", s) - gsub(/\]/, "", s)
}
# whether Groovy computes the value that u begins with, n characters long: a digest of code tells nothing of the value
function computed(u, n) {
  if (u ~ /^[A-Za-z_$]/) return u !~ /^(true|false|null)([^A-Za-z0-9_]|$)/
  return substr(u, n + 1) ~ /^[ \t]*[+.?]/ || substr(u, 1, n) ~ /^"(.*[^\\])?\$[A-Za-z_{]/
}
# what a value begins with, up to where the next could begin
function firstOf(v) {
  sub(/^[ \t]+/, "", v)
  if (v ~ /^["']/) return substr(v, 2, quoted(v) - 2)
  if (match(v, /[]&})]|,[ \t]|[ \t]+[A-Za-z_][A-Za-z0-9_.-]*[ \t]*=/)) v = substr(v, 1, RSTART - 1)
  return v
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
# 1 where w ends with a quote that was opened before it
function shuts(w,   q) {
  q = substr(w, length(w))
  return length(w) > 1 && (q == "\"" || q == "'") && gsub(q, "", w) % 2
}`;
