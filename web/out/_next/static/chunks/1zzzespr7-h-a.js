__turbopack_load_page_chunks__("/operator", [
  "static/chunks/3g8o9rekhd8ff.js",
  "static/chunks/0wks73_dzlj-v.js",
  "static/chunks/1we99tovxfu1r.js",
  "static/chunks/2fdylypyfi22b.js",
  "static/chunks/turbopack-077hmtqrhcoji.js"
])
