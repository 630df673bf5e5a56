__turbopack_load_page_chunks__("/operator", [
  "static/chunks/0rr6r1s3-cmnp.js",
  "static/chunks/25si3w3r5x5fq.js",
  "static/chunks/10sb4glwtxzq_.js",
  "static/chunks/0z8l309w94vnp.js",
  "static/chunks/turbopack-077hmtqrhcoji.js"
])
