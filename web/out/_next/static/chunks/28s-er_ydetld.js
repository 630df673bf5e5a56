__turbopack_load_page_chunks__("/settings/sessions", [
  "static/chunks/3j7ca86nqw6uc.js",
  "static/chunks/3jy5ufwz9xday.js",
  "static/chunks/3noa18l8jfpoy.js",
  "static/chunks/1s040gcn7lz81.js",
  "static/chunks/turbopack-077hmtqrhcoji.js"
])
