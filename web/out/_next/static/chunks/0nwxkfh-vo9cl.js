__turbopack_load_page_chunks__("/environment", [
  "static/chunks/2zu1chku-xjsm.js",
  "static/chunks/22zg0662duw--.js",
  "static/chunks/0myf2hyjmitr2.js",
  "static/chunks/01tkw5aed96g5.js",
  "static/chunks/turbopack-077hmtqrhcoji.js"
])
