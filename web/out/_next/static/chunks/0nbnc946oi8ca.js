__turbopack_load_page_chunks__("/404", [
  "static/chunks/2fts3b--24tlm.js",
  "static/chunks/turbopack-077hmtqrhcoji.js"
])
