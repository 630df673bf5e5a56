__turbopack_load_page_chunks__("/accept", [
  "static/chunks/064sv8pkt13d0.js",
  "static/chunks/164m5hhe5sag4.js",
  "static/chunks/turbopack-077hmtqrhcoji.js"
])
