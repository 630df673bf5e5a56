__turbopack_load_page_chunks__("/settings/sessions", [
  "static/chunks/3j7ca86nqw6uc.js",
  "static/chunks/0gecbo6jrn5eh.js",
  "static/chunks/20dz7-z71xr1j.js",
  "static/chunks/1tadb6d2-qpoo.js",
  "static/chunks/turbopack-077hmtqrhcoji.js"
])
