__turbopack_load_page_chunks__("/environments", [
  "static/chunks/3htlhitee4xpb.js",
  "static/chunks/0wks73_dzlj-v.js",
  "static/chunks/3996ery-wjha3.js",
  "static/chunks/2fdylypyfi22b.js",
  "static/chunks/turbopack-077hmtqrhcoji.js"
])
