__turbopack_load_page_chunks__("/_app", [
  "static/chunks/0l4hjf4ejrd36.js",
  "static/chunks/2cbigf85h-fsn.js",
  "static/chunks/0lou509ag334g.js",
  "static/chunks/0txno8_qi4ea3.js",
  "static/chunks/3nduubtc3wfzg.js",
  "static/chunks/1fl7pq9zp6c7a.css",
  "static/chunks/turbopack-077hmtqrhcoji.js"
])
