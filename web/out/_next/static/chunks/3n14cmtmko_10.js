__turbopack_load_page_chunks__("/settings/members", [
  "static/chunks/09bqzl6uklfor.js",
  "static/chunks/10sb4glwtxzq_.js",
  "static/chunks/32zubmxb3cnc0.js",
  "static/chunks/0z8l309w94vnp.js",
  "static/chunks/turbopack-077hmtqrhcoji.js"
])
