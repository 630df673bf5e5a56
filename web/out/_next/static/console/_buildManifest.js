self.__BUILD_MANIFEST = {
  "/": [
    "static/chunks/1ff1owdmy3w56.js"
  ],
  "/404": [
    "static/chunks/0nbnc946oi8ca.js"
  ],
  "/_error": [
    "static/chunks/0hq9p72y7ki0h.js"
  ],
  "/accept": [
    "static/chunks/3o-c_808p5okn.js"
  ],
  "/activity": [
    "static/chunks/41ja5be7ipo52.js"
  ],
  "/environment": [
    "static/chunks/351zbj_4k8l25.js"
  ],
  "/environments": [
    "static/chunks/2ruobbdjc_6j0.js"
  ],
  "/job": [
    "static/chunks/251e_x7_6jees.js"
  ],
  "/jobs": [
    "static/chunks/3lum80mitjml-.js"
  ],
  "/operator": [
    "static/chunks/00izpg4kcnb37.js"
  ],
  "/operator/audit": [
    "static/chunks/42zhlbcmo24p7.js"
  ],
  "/operator/dead-letters": [
    "static/chunks/2zehmc9rwfi0b.js"
  ],
  "/operator/health": [
    "static/chunks/20lvk_yet-7k3.js"
  ],
  "/operator/users": [
    "static/chunks/1s90t7qso9igg.js"
  ],
  "/order": [
    "static/chunks/14kckzq8iiuie.js"
  ],
  "/settings": [
    "static/chunks/0rwk5pc-xrdhf.js"
  ],
  "/settings/audit": [
    "static/chunks/116muuqofkyke.js"
  ],
  "/settings/members": [
    "static/chunks/2vbhy1nng9g2d.js"
  ],
  "/settings/provider": [
    "static/chunks/2oot5fsmle9i5.js"
  ],
  "/settings/sessions": [
    "static/chunks/10xcfcose54ji.js"
  ],
  "/settings/tokens": [
    "static/chunks/2zl3g_dmzz_m9.js"
  ],
  "/sign-in": [
    "static/chunks/1wtw95xyi9zcc.js"
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
};self.__TURBOPACK_PAGE_BOOTSTRAP = {"/404":{"otherChunks":["static/chunks/2fts3b--24tlm.js"],"runtimeModuleIds":[10783,60299]},"/accept":{"otherChunks":["static/chunks/064sv8pkt13d0.js","static/chunks/27luvh0c8p_5-.js"],"runtimeModuleIds":[10783,19108]},"/activity":{"otherChunks":["static/chunks/364ghfz19d3n0.js","static/chunks/2qu1q_2jomfn4.js","static/chunks/1qs73q9ze0hq5.js","static/chunks/1f2u2_i81by5g.js"],"runtimeModuleIds":[10783,89326]},"/environment":{"otherChunks":["static/chunks/396wv0vy784ao.js","static/chunks/2qu1q_2jomfn4.js","static/chunks/1qs73q9ze0hq5.js","static/chunks/1f2u2_i81by5g.js"],"runtimeModuleIds":[10783,99164]},"/environments":{"otherChunks":["static/chunks/0p9o45r9h7y7l.js","static/chunks/0w7gd8ehdxfat.js","static/chunks/1qs73q9ze0hq5.js","static/chunks/1f2u2_i81by5g.js"],"runtimeModuleIds":[10783,76932]},"/":{"otherChunks":["static/chunks/11l8llu20d_3y.js"],"runtimeModuleIds":[10783,55075]},"/job":{"otherChunks":["static/chunks/06o27exbnqew-.js","static/chunks/2qu1q_2jomfn4.js","static/chunks/1qs73q9ze0hq5.js","static/chunks/1f2u2_i81by5g.js"],"runtimeModuleIds":[10783,25529]},"/jobs":{"otherChunks":["static/chunks/1ri374oz7onry.js","static/chunks/2qu1q_2jomfn4.js","static/chunks/1qs73q9ze0hq5.js","static/chunks/1f2u2_i81by5g.js"],"runtimeModuleIds":[10783,64331]},"/order":{"otherChunks":["static/chunks/39ds-a4cysy9a.js","static/chunks/1qs73q9ze0hq5.js","static/chunks/1avzav6894qk_.js","static/chunks/1f2u2_i81by5g.js"],"runtimeModuleIds":[10783,25473]},"/sign-in":{"otherChunks":["static/chunks/3i0wfdl6m2bv0.js"],"runtimeModuleIds":[10783,38591]},"/settings/audit":{"otherChunks":["static/chunks/0bs8yf-5ggd0x.js","static/chunks/1w9xq40uu-c38.js","static/chunks/1qs73q9ze0hq5.js","static/chunks/1f2u2_i81by5g.js"],"runtimeModuleIds":[10783,54318]},"/settings":{"otherChunks":["static/chunks/1ri5wa-vwaksz.js","static/chunks/1t5dc_mdqo4om.js","static/chunks/1qs73q9ze0hq5.js","static/chunks/1f2u2_i81by5g.js"],"runtimeModuleIds":[10783,44410]},"/settings/members":{"otherChunks":["static/chunks/38bxs6qskk3pm.js","static/chunks/1qs73q9ze0hq5.js","static/chunks/1f-19fwjq_0rx.js","static/chunks/1f2u2_i81by5g.js"],"runtimeModuleIds":[10783,45943]},"/settings/provider":{"otherChunks":["static/chunks/3tkw671zzi7yt.js","static/chunks/10py2ppjth4v0.js","static/chunks/1qs73q9ze0hq5.js","static/chunks/1f2u2_i81by5g.js"],"runtimeModuleIds":[10783,24051]},"/settings/sessions":{"otherChunks":["static/chunks/06vpbykcesgr4.js","static/chunks/1qs73q9ze0hq5.js","static/chunks/3nho3t4xre_xf.js","static/chunks/1f2u2_i81by5g.js"],"runtimeModuleIds":[10783,52729]},"/settings/tokens":{"otherChunks":["static/chunks/0zqx00dob39jc.js","static/chunks/2qu1q_2jomfn4.js","static/chunks/1qs73q9ze0hq5.js","static/chunks/1f2u2_i81by5g.js"],"runtimeModuleIds":[10783,22490]},"/operator/audit":{"otherChunks":["static/chunks/339p6_idtlaer.js","static/chunks/1w9xq40uu-c38.js","static/chunks/1qs73q9ze0hq5.js","static/chunks/1f2u2_i81by5g.js"],"runtimeModuleIds":[10783,28914]},"/operator/dead-letters":{"otherChunks":["static/chunks/00spxespvsm1d.js","static/chunks/1qs73q9ze0hq5.js","static/chunks/1dpfm9g6bhcnd.js","static/chunks/1f2u2_i81by5g.js"],"runtimeModuleIds":[10783,95034]},"/operator/health":{"otherChunks":["static/chunks/2b4rqq9rknxq0.js","static/chunks/10py2ppjth4v0.js","static/chunks/1qs73q9ze0hq5.js","static/chunks/1f2u2_i81by5g.js"],"runtimeModuleIds":[10783,20597]},"/operator":{"otherChunks":["static/chunks/2swv8haykcyd6.js","static/chunks/38mv9bcprvojc.js","static/chunks/1qs73q9ze0hq5.js","static/chunks/1f2u2_i81by5g.js"],"runtimeModuleIds":[10783,81492]},"/operator/users":{"otherChunks":["static/chunks/3q3ebi94col1v.js","static/chunks/10py2ppjth4v0.js","static/chunks/1qs73q9ze0hq5.js","static/chunks/1f2u2_i81by5g.js"],"runtimeModuleIds":[10783,60223]},"/_app":{"otherChunks":["static/chunks/3vn2wcihbbpln.js","static/chunks/2cbigf85h-fsn.js","static/chunks/0lou509ag334g.js","static/chunks/0txno8_qi4ea3.js","static/chunks/3nduubtc3wfzg.js","static/chunks/1fl7pq9zp6c7a.css"],"runtimeModuleIds":[10783,94757]},"/_error":{"otherChunks":["static/chunks/12yd8t4k6c0t1.js"],"runtimeModuleIds":[10783,80184]}};self.__TURBOPACK_CHUNK_LOADING_GLOBAL = "TURBOPACK";self.__BUILD_MANIFEST_CB && self.__BUILD_MANIFEST_CB()