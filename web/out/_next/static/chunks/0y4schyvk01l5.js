__turbopack_load_page_chunks__("/operator/health", [
  "static/chunks/2zmq28_30r894.js",
  "static/chunks/2vs-2zqokb0jb.js",
  "static/chunks/10sb4glwtxzq_.js",
  "static/chunks/0z8l309w94vnp.js",
  "static/chunks/turbopack-077hmtqrhcoji.js"
])
