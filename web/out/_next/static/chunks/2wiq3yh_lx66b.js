__turbopack_load_page_chunks__("/settings/members", [
  "static/chunks/09bqzl6uklfor.js",
  "static/chunks/1qs73q9ze0hq5.js",
  "static/chunks/0a7tctotvuwxn.js",
  "static/chunks/1f2u2_i81by5g.js",
  "static/chunks/turbopack-077hmtqrhcoji.js"
])
