__turbopack_load_page_chunks__("/settings/provider", [
  "static/chunks/2znuf4m6d-67g.js",
  "static/chunks/2vs-2zqokb0jb.js",
  "static/chunks/10sb4glwtxzq_.js",
  "static/chunks/0z8l309w94vnp.js",
  "static/chunks/turbopack-077hmtqrhcoji.js"
])
