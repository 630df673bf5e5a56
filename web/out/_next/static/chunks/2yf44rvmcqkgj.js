__turbopack_load_page_chunks__("/operator/dead-letters", [
  "static/chunks/1pun1snugjjqg.js",
  "static/chunks/1qs73q9ze0hq5.js",
  "static/chunks/06-krhfzza1ok.js",
  "static/chunks/1f2u2_i81by5g.js",
  "static/chunks/turbopack-077hmtqrhcoji.js"
])
