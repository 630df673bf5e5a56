self.__BUILD_MANIFEST = {
  "/": [
    "static/chunks/1ff1owdmy3w56.js"
  ],
  "/404": [
    "static/chunks/0nbnc946oi8ca.js"
  ],
  "/_error": [
    "static/chunks/413b9y5fyx4oe.js"
  ],
  "/accept": [
    "static/chunks/3knobf8ubfz32.js"
  ],
  "/activity": [
    "static/chunks/3_po-or11q8fi.js"
  ],
  "/environment": [
    "static/chunks/1pykess6cejmv.js"
  ],
  "/environments": [
    "static/chunks/1t9gutcegqeg1.js"
  ],
  "/job": [
    "static/chunks/1sj_ko6v1csit.js"
  ],
  "/jobs": [
    "static/chunks/3ygabzndlp6bh.js"
  ],
  "/operator": [
    "static/chunks/301ej4820vp7d.js"
  ],
  "/operator/audit": [
    "static/chunks/1l61q03wkgda8.js"
  ],
  "/operator/dead-letters": [
    "static/chunks/2yf44rvmcqkgj.js"
  ],
  "/operator/health": [
    "static/chunks/20zmra49e2enq.js"
  ],
  "/operator/users": [
    "static/chunks/3bg4740vwreq6.js"
  ],
  "/order": [
    "static/chunks/2lynpvvaqhzb0.js"
  ],
  "/settings": [
    "static/chunks/15g8yo8n47xd-.js"
  ],
  "/settings/audit": [
    "static/chunks/4034r10wlsqk6.js"
  ],
  "/settings/members": [
    "static/chunks/2wiq3yh_lx66b.js"
  ],
  "/settings/provider": [
    "static/chunks/15_ppx72l2a85.js"
  ],
  "/settings/sessions": [
    "static/chunks/3t9srsqq1i-2k.js"
  ],
  "/settings/tokens": [
    "static/chunks/3_dmazdabgzlt.js"
  ],
  "/sign-in": [
    "static/chunks/2csq93m_ub78o.js"
  ],
  "__rewrites": {
    "afterFiles": [],
    "beforeFiles": [],
    "fallback": []
  },
  "sortedPages": [
    "/",
    "/404",
    "/_app",
    "/_error",
    "/accept",
    "/activity",
    "/environment",
    "/environments",
    "/job",
    "/jobs",
    "/operator",
    "/operator/audit",
    "/operator/dead-letters",
    "/operator/health",
    "/operator/users",
    "/order",
    "/settings",
    "/settings/audit",
    "/settings/members",
    "/settings/provider",
    "/settings/sessions",
    "/settings/tokens",
    "/sign-in"
  ]
};self.__TURBOPACK_PAGE_BOOTSTRAP = {"/404":{"otherChunks":["static/chunks/2fts3b--24tlm.js"],"runtimeModuleIds":[10783,60299]},"/accept":{"otherChunks":["static/chunks/064sv8pkt13d0.js","static/chunks/164m5hhe5sag4.js"],"runtimeModuleIds":[10783,19108]},"/activity":{"otherChunks":["static/chunks/2rdc405q0cej4.js","static/chunks/2xeiwi86ew2x2.js","static/chunks/1qs73q9ze0hq5.js","static/chunks/1f2u2_i81by5g.js"],"runtimeModuleIds":[10783,89326]},"/environment":{"otherChunks":["static/chunks/1hqn89ml32ul3.js","static/chunks/2xeiwi86ew2x2.js","static/chunks/1qs73q9ze0hq5.js","static/chunks/1f2u2_i81by5g.js"],"runtimeModuleIds":[10783,99164]},"/environments":{"otherChunks":["static/chunks/1v3g_lvdst4-y.js","static/chunks/0fonxlgn11ni0.js","static/chunks/1qs73q9ze0hq5.js","static/chunks/1f2u2_i81by5g.js"],"runtimeModuleIds":[10783,76932]},"/":{"otherChunks":["static/chunks/11l8llu20d_3y.js"],"runtimeModuleIds":[10783,55075]},"/job":{"otherChunks":["static/chunks/0j1keuruqst1r.js","static/chunks/2xeiwi86ew2x2.js","static/chunks/1qs73q9ze0hq5.js","static/chunks/1f2u2_i81by5g.js"],"runtimeModuleIds":[10783,25529]},"/jobs":{"otherChunks":["static/chunks/3846ewvuuapj5.js","static/chunks/2xeiwi86ew2x2.js","static/chunks/1qs73q9ze0hq5.js","static/chunks/1f2u2_i81by5g.js"],"runtimeModuleIds":[10783,64331]},"/order":{"otherChunks":["static/chunks/3lj1kvec-f7tb.js","static/chunks/1qs73q9ze0hq5.js","static/chunks/0w5gub_jyjreb.js","static/chunks/1f2u2_i81by5g.js"],"runtimeModuleIds":[10783,25473]},"/sign-in":{"otherChunks":["static/chunks/0je08ryyi-5q4.js"],"runtimeModuleIds":[10783,38591]},"/settings/audit":{"otherChunks":["static/chunks/2oyafbt3lynh_.js","static/chunks/1j0i49f4xc8yb.js","static/chunks/1qs73q9ze0hq5.js","static/chunks/1f2u2_i81by5g.js"],"runtimeModuleIds":[10783,54318]},"/settings":{"otherChunks":["static/chunks/1pvuuvphuo11o.js","static/chunks/08omnqb8zt_k-.js","static/chunks/1qs73q9ze0hq5.js","static/chunks/1f2u2_i81by5g.js"],"runtimeModuleIds":[10783,44410]},"/settings/members":{"otherChunks":["static/chunks/09bqzl6uklfor.js","static/chunks/1qs73q9ze0hq5.js","static/chunks/0a7tctotvuwxn.js","static/chunks/1f2u2_i81by5g.js"],"runtimeModuleIds":[10783,45943]},"/settings/provider":{"otherChunks":["static/chunks/2znuf4m6d-67g.js","static/chunks/0jio914m_taio.js","static/chunks/1qs73q9ze0hq5.js","static/chunks/1f2u2_i81by5g.js"],"runtimeModuleIds":[10783,24051]},"/settings/sessions":{"otherChunks":["static/chunks/3j7ca86nqw6uc.js","static/chunks/1qs73q9ze0hq5.js","static/chunks/296h7w62grjlq.js","static/chunks/1f2u2_i81by5g.js"],"runtimeModuleIds":[10783,52729]},"/settings/tokens":{"otherChunks":["static/chunks/3gaf4mq9k_ur9.js","static/chunks/2xeiwi86ew2x2.js","static/chunks/1qs73q9ze0hq5.js","static/chunks/1f2u2_i81by5g.js"],"runtimeModuleIds":[10783,22490]},"/operator/audit":{"otherChunks":["static/chunks/0jbaddmuobcrt.js","static/chunks/1j0i49f4xc8yb.js","static/chunks/1qs73q9ze0hq5.js","static/chunks/1f2u2_i81by5g.js"],"runtimeModuleIds":[10783,28914]},"/operator/dead-letters":{"otherChunks":["static/chunks/1pun1snugjjqg.js","static/chunks/1qs73q9ze0hq5.js","static/chunks/06-krhfzza1ok.js","static/chunks/1f2u2_i81by5g.js"],"runtimeModuleIds":[10783,95034]},"/operator/health":{"otherChunks":["static/chunks/2zmq28_30r894.js","static/chunks/0jio914m_taio.js","static/chunks/1qs73q9ze0hq5.js","static/chunks/1f2u2_i81by5g.js"],"runtimeModuleIds":[10783,20597]},"/operator":{"otherChunks":["static/chunks/0rr6r1s3-cmnp.js","static/chunks/3rn-thsye6imb.js","static/chunks/1qs73q9ze0hq5.js","static/chunks/1f2u2_i81by5g.js"],"runtimeModuleIds":[10783,81492]},"/operator/users":{"otherChunks":["static/chunks/1-m8j9pvf9i-h.js","static/chunks/0jio914m_taio.js","static/chunks/1qs73q9ze0hq5.js","static/chunks/1f2u2_i81by5g.js"],"runtimeModuleIds":[10783,60223]},"/_app":{"otherChunks":["static/chunks/0l4hjf4ejrd36.js","static/chunks/2cbigf85h-fsn.js","static/chunks/0lou509ag334g.js","static/chunks/0txno8_qi4ea3.js","static/chunks/3nduubtc3wfzg.js","static/chunks/1fl7pq9zp6c7a.css"],"runtimeModuleIds":[10783,94757]},"/_error":{"otherChunks":["static/chunks/3n_c8q1xtyv-r.js"],"runtimeModuleIds":[10783,80184]}};self.__TURBOPACK_CHUNK_LOADING_GLOBAL = "TURBOPACK";self.__BUILD_MANIFEST_CB && self.__BUILD_MANIFEST_CB()