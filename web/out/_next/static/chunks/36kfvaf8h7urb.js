__turbopack_load_page_chunks__("/operator/dead-letters", [
  "static/chunks/1pun1snugjjqg.js",
  "static/chunks/0gecbo6jrn5eh.js",
  "static/chunks/02yh8f4m7s17z.js",
  "static/chunks/1tadb6d2-qpoo.js",
  "static/chunks/turbopack-077hmtqrhcoji.js"
])
