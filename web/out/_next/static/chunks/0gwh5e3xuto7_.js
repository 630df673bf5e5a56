__turbopack_load_page_chunks__("/jobs", [
  "static/chunks/3m3k4j_xm92ov.js",
  "static/chunks/1s040gcn7lz81.js",
  "static/chunks/31soyc3szf4_c.js",
  "static/chunks/2italzg1yinax.js",
  "static/chunks/turbopack-077hmtqrhcoji.js"
])
