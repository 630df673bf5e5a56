__turbopack_load_page_chunks__("/operator/audit", [
  "static/chunks/3m3k4j_xm92ov.js",
  "static/chunks/3fpwyzdw_zg1k.js",
  "static/chunks/22zg0662duw--.js",
  "static/chunks/01tkw5aed96g5.js",
  "static/chunks/turbopack-077hmtqrhcoji.js"
])
