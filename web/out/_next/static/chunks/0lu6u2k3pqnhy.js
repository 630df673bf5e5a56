__turbopack_load_page_chunks__("/settings/sessions", [
  "static/chunks/3j7ca86nqw6uc.js",
  "static/chunks/0wks73_dzlj-v.js",
  "static/chunks/3noa18l8jfpoy.js",
  "static/chunks/2fdylypyfi22b.js",
  "static/chunks/turbopack-077hmtqrhcoji.js"
])
