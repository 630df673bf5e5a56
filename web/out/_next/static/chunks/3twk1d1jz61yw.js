__turbopack_load_page_chunks__("/operator/users", [
  "static/chunks/1-m8j9pvf9i-h.js",
  "static/chunks/2vs-2zqokb0jb.js",
  "static/chunks/10sb4glwtxzq_.js",
  "static/chunks/0z8l309w94vnp.js",
  "static/chunks/turbopack-077hmtqrhcoji.js"
])
