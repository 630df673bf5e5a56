__turbopack_load_page_chunks__("/environment", [
  "static/chunks/451599d2u_ovl.js",
  "static/chunks/2_6f8flsz8pk7.js",
  "static/chunks/0gecbo6jrn5eh.js",
  "static/chunks/1tadb6d2-qpoo.js",
  "static/chunks/turbopack-077hmtqrhcoji.js"
])
