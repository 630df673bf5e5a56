__turbopack_load_page_chunks__("/settings/audit", [
  "static/chunks/2oyafbt3lynh_.js",
  "static/chunks/3hyq1f76w_97d.js",
  "static/chunks/10sb4glwtxzq_.js",
  "static/chunks/0z8l309w94vnp.js",
  "static/chunks/turbopack-077hmtqrhcoji.js"
])
