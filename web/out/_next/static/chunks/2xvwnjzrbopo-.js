__turbopack_load_page_chunks__("/environment", [
  "static/chunks/2zu1chku-xjsm.js",
  "static/chunks/1s040gcn7lz81.js",
  "static/chunks/0myf2hyjmitr2.js",
  "static/chunks/2italzg1yinax.js",
  "static/chunks/turbopack-077hmtqrhcoji.js"
])
