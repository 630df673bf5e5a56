__turbopack_load_page_chunks__("/_app", [
  "static/chunks/0uf5z40m7vn7e.js",
  "static/chunks/2cbigf85h-fsn.js",
  "static/chunks/0lou509ag334g.js",
  "static/chunks/0txno8_qi4ea3.js",
  "static/chunks/1zreylgnb-6rp.js",
  "static/chunks/3u2ytk5pkg51-.css",
  "static/chunks/turbopack-077hmtqrhcoji.js"
])
