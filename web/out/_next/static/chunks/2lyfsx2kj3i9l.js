__turbopack_load_page_chunks__("/accept", [
  "static/chunks/3ng-j6th4lt6y.js",
  "static/chunks/turbopack-077hmtqrhcoji.js"
])
