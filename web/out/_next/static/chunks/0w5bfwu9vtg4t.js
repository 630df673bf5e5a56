__turbopack_load_page_chunks__("/jobs", [
  "static/chunks/3m3k4j_xm92ov.js",
  "static/chunks/22zg0662duw--.js",
  "static/chunks/31soyc3szf4_c.js",
  "static/chunks/01tkw5aed96g5.js",
  "static/chunks/turbopack-077hmtqrhcoji.js"
])
