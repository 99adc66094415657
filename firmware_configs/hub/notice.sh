#!/bin/sh
# Writes the notice for the people in the room, English and German, as a page to print, on standard output:
# notice.sh BUILDING RESPONSIBLE QUESTIONS > notice.html
# The text is that of docs/privacy-notice.md (or the file in NOTICE=).
set -eu
[ $# = 3 ] || { echo "error: expected BUILDING, RESPONSIBLE and QUESTIONS, got $# words" >&2; exit 2; }
page=${NOTICE:-$(dirname "$0")/../../docs/privacy-notice.md}
[ -r "$page" ] || { echo "error: expected the text of the notice, got nothing at $page" >&2; exit 1; }
plain() { printf '%s' "$1" | tr '\n' ' ' | sed 's/&/\&amp;/g; s/</\&lt;/g; s/>/\&gt;/g'; }
cat <<'PAGE'
<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Notice for the people in the room</title><style>
@page { size: A4; margin: 18mm }
body { font: 15pt/1.45 sans-serif; max-width: 174mm; margin: auto }
section { break-after: page } section:last-child { break-after: auto }
section > p:first-child { font-size: 24pt; line-height: 1.2 } li { margin: .35em 0 }
</style></head><body>
PAGE
A=$(plain "$1") B=$(plain "$2") C=$(plain "$3") awk '
    function shut() { if (para) { print "</p>"; para = 0 } if (item) { print "</li>"; item = 0 } }
    function end() { shut(); if (list) { print "</ul>"; list = 0 } }
    /^## / { if (open) { end(); print "</section>" } open = 1
             print "<section lang=\"" ($2 == "Deutsch" ? "de" : "en") "\">"; next }
    !open || !/^>/ { next }
    { sub(/^> ?/, ""); gsub(/&/, "\\&amp;"); gsub(/</, "\\&lt;")
      while (match($0, /\*\*[^*]*\*\*/))
          $0 = substr($0, 1, RSTART - 1) "<b>" substr($0, RSTART + 2, RLENGTH - 4) "</b>" substr($0, RSTART + RLENGTH)
      n = split("A B C", name, " ")
      for (k = 1; k <= n; k++) if (match($0, /_____+/))
          $0 = substr($0, 1, RSTART - 1) "<b>" ENVIRON[name[k]] "</b>" substr($0, RSTART + RLENGTH) }
    /^$/ { end(); next }
    /^- / { shut(); if (!list) { print "<ul>"; list = 1 } item = 1; print "<li>" substr($0, 3); next }
    { if (!item && !para) { print "<p>"; para = 1 } print }
    END { end(); print "</section></body></html>" }
' "$page"
