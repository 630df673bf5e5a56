__turbopack_load_page_chunks__("/operator/audit", [
  "static/chunks/3m3k4j_xm92ov.js",
  "static/chunks/3fpwyzdw_zg1k.js",
  "static/chunks/1s040gcn7lz81.js",
  "static/chunks/2italzg1yinax.js",
  "static/chunks/turbopack-077hmtqrhcoji.js"
])
