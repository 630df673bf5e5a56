__turbopack_load_page_chunks__("/settings", [
  "static/chunks/37klo_6g6i9zy.js",
  "static/chunks/0wks73_dzlj-v.js",
  "static/chunks/26tk5ngyz81pw.js",
  "static/chunks/2fdylypyfi22b.js",
  "static/chunks/turbopack-077hmtqrhcoji.js"
])
