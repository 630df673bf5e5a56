__turbopack_load_page_chunks__("/operator/dead-letters", [
  "static/chunks/1pun1snugjjqg.js",
  "static/chunks/0wks73_dzlj-v.js",
  "static/chunks/0ylmhfk_k17oi.js",
  "static/chunks/2fdylypyfi22b.js",
  "static/chunks/turbopack-077hmtqrhcoji.js"
])
