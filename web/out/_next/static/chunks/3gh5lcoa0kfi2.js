__turbopack_load_page_chunks__("/settings/members", [
  "static/chunks/09bqzl6uklfor.js",
  "static/chunks/0wks73_dzlj-v.js",
  "static/chunks/2swzi2u9pgo9p.js",
  "static/chunks/2fdylypyfi22b.js",
  "static/chunks/turbopack-077hmtqrhcoji.js"
])
