__turbopack_load_page_chunks__("/operator/dead-letters", [
  "static/chunks/1pun1snugjjqg.js",
  "static/chunks/10sb4glwtxzq_.js",
  "static/chunks/02yh8f4m7s17z.js",
  "static/chunks/0z8l309w94vnp.js",
  "static/chunks/turbopack-077hmtqrhcoji.js"
])
