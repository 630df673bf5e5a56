__turbopack_load_page_chunks__("/settings", [
  "static/chunks/1pvuuvphuo11o.js",
  "static/chunks/0o5fpvavi_byg.js",
  "static/chunks/10sb4glwtxzq_.js",
  "static/chunks/0z8l309w94vnp.js",
  "static/chunks/turbopack-077hmtqrhcoji.js"
])
