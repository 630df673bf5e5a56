__turbopack_load_page_chunks__("/environments", [
  "static/chunks/0p9o45r9h7y7l.js",
  "static/chunks/0w7gd8ehdxfat.js",
  "static/chunks/1qs73q9ze0hq5.js",
  "static/chunks/1f2u2_i81by5g.js",
  "static/chunks/turbopack-077hmtqrhcoji.js"
])
