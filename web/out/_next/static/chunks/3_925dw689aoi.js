__turbopack_load_page_chunks__("/operator/users", [
  "static/chunks/1-m8j9pvf9i-h.js",
  "static/chunks/2vs-2zqokb0jb.js",
  "static/chunks/0gecbo6jrn5eh.js",
  "static/chunks/1tadb6d2-qpoo.js",
  "static/chunks/turbopack-077hmtqrhcoji.js"
])
