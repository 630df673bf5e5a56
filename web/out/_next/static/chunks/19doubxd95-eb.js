__turbopack_load_page_chunks__("/activity", [
  "static/chunks/2gw2xfj9nod-7.js",
  "static/chunks/0wks73_dzlj-v.js",
  "static/chunks/06y1tkpi02sth.js",
  "static/chunks/2fdylypyfi22b.js",
  "static/chunks/turbopack-077hmtqrhcoji.js"
])
