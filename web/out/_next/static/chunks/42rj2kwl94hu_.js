__turbopack_load_page_chunks__("/accept", [
  "static/chunks/064sv8pkt13d0.js",
  "static/chunks/3rz8g0788y2e4.js",
  "static/chunks/turbopack-077hmtqrhcoji.js"
])
