__turbopack_load_page_chunks__("/settings/members", [
  "static/chunks/09bqzl6uklfor.js",
  "static/chunks/0gecbo6jrn5eh.js",
  "static/chunks/32zubmxb3cnc0.js",
  "static/chunks/1tadb6d2-qpoo.js",
  "static/chunks/turbopack-077hmtqrhcoji.js"
])
