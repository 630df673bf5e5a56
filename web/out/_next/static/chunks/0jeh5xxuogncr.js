__turbopack_load_page_chunks__("/jobs", [
  "static/chunks/437obha56szrr.js",
  "static/chunks/0wks73_dzlj-v.js",
  "static/chunks/109e4qzceab4p.js",
  "static/chunks/2fdylypyfi22b.js",
  "static/chunks/turbopack-077hmtqrhcoji.js"
])
