__turbopack_load_page_chunks__("/job", [
  "static/chunks/3tu1at4tpn92t.js",
  "static/chunks/0wks73_dzlj-v.js",
  "static/chunks/109e4qzceab4p.js",
  "static/chunks/2fdylypyfi22b.js",
  "static/chunks/turbopack-077hmtqrhcoji.js"
])
