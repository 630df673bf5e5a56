__turbopack_load_page_chunks__("/operator/health", [
  "static/chunks/2zmq28_30r894.js",
  "static/chunks/2vs-2zqokb0jb.js",
  "static/chunks/0gecbo6jrn5eh.js",
  "static/chunks/1tadb6d2-qpoo.js",
  "static/chunks/turbopack-077hmtqrhcoji.js"
])
