__turbopack_load_page_chunks__("/operator", [
  "static/chunks/3g8o9rekhd8ff.js",
  "static/chunks/0y8sca1-jfvxz.js",
  "static/chunks/1s040gcn7lz81.js",
  "static/chunks/2italzg1yinax.js",
  "static/chunks/turbopack-077hmtqrhcoji.js"
])
