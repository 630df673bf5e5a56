__turbopack_load_page_chunks__("/accept", [
  "static/chunks/064sv8pkt13d0.js",
  "static/chunks/27luvh0c8p_5-.js",
  "static/chunks/turbopack-077hmtqrhcoji.js"
])
