/** The part of the mask that knows how systemd writes values: specifiers, and quotes of both kinds (docs/sources.md 10.4). */
export const MASK_UNITS = String.raw`# in a unit of systemd %% is a percent sign
function specified(v) { if (unit) gsub(/%%/, "%", v); return v }
# what a secret of a unit has of specifiers: one that there is not, for which systemd leaves the item out, or one that there is
function specifiers(v) { gsub(/%%/, "", v); return v ~ /%[0-9ekxzFKOQXZ]/ ? "%0" : v ~ /%[A-Za-z]/ ? "%m" : "" }
# the quote that is open at the end of a text of a unit
function unitQuote(s,   i, c, q) {
  for (i = 1; i <= length(s); i++) {
    if ((c = substr(s, i, 1)) == "\\") i++
    else if (q != "") { if (c == q) q = "" }
    else if (c == "\"" || c == "'") q = c
  }
  return q
}`;
