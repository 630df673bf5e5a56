__turbopack_load_page_chunks__("/settings/provider", [
  "static/chunks/3tkw671zzi7yt.js",
  "static/chunks/10py2ppjth4v0.js",
  "static/chunks/1qs73q9ze0hq5.js",
  "static/chunks/1f2u2_i81by5g.js",
  "static/chunks/turbopack-077hmtqrhcoji.js"
])
