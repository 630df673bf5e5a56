__turbopack_load_page_chunks__("/job", [
  "static/chunks/0qppq45r65cgn.js",
  "static/chunks/1s040gcn7lz81.js",
  "static/chunks/30hcrk04f9oey.js",
  "static/chunks/2italzg1yinax.js",
  "static/chunks/turbopack-077hmtqrhcoji.js"
])
