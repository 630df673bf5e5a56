__turbopack_load_page_chunks__("/settings/tokens", [
  "static/chunks/3gaf4mq9k_ur9.js",
  "static/chunks/2_6f8flsz8pk7.js",
  "static/chunks/10sb4glwtxzq_.js",
  "static/chunks/0z8l309w94vnp.js",
  "static/chunks/turbopack-077hmtqrhcoji.js"
])
