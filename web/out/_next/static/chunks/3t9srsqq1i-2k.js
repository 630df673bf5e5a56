__turbopack_load_page_chunks__("/settings/sessions", [
  "static/chunks/3j7ca86nqw6uc.js",
  "static/chunks/1qs73q9ze0hq5.js",
  "static/chunks/296h7w62grjlq.js",
  "static/chunks/1f2u2_i81by5g.js",
  "static/chunks/turbopack-077hmtqrhcoji.js"
])
