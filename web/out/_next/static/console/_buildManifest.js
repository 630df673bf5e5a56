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
    "static/chunks/17fei76uzrwut.js"
  ],
  "/activity": [
    "static/chunks/3prjkfzy5oem-.js"
  ],
  "/environment": [
    "static/chunks/2xvwnjzrbopo-.js"
  ],
  "/environments": [
    "static/chunks/13910d_k3gwcy.js"
  ],
  "/job": [
    "static/chunks/3075b-8z6cz--.js"
  ],
  "/jobs": [
    "static/chunks/0gwh5e3xuto7_.js"
  ],
  "/operator": [
    "static/chunks/0niobkfkfmblm.js"
  ],
  "/operator/audit": [
    "static/chunks/2_0bga31fsgfc.js"
  ],
  "/operator/dead-letters": [
    "static/chunks/3gvzdkud7bnhx.js"
  ],
  "/operator/health": [
    "static/chunks/23r3nykprz6sa.js"
  ],
  "/operator/users": [
    "static/chunks/0efnh2ip-afdp.js"
  ],
  "/order": [
    "static/chunks/35x3ji-0hwt9x.js"
  ],
  "/settings": [
    "static/chunks/2ue-uve1-v257.js"
  ],
  "/settings/audit": [
    "static/chunks/1s4vwekg_hudh.js"
  ],
  "/settings/members": [
    "static/chunks/0j3r07f98sym6.js"
  ],
  "/settings/provider": [
    "static/chunks/07fnndml3l4y1.js"
  ],
  "/settings/sessions": [
    "static/chunks/391xv933zy3fr.js"
  ],
  "/settings/tokens": [
    "static/chunks/2tyvuhqyiig2y.js"
  ],
  "/sign-in": [
    "static/chunks/1dont2ke8x3s4.js"
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
};self.__TURBOPACK_PAGE_BOOTSTRAP = {"/404":{"otherChunks":["static/chunks/2fts3b--24tlm.js"],"runtimeModuleIds":[10783,60299]},"/accept":{"otherChunks":["static/chunks/1rt6z938ha9_m.js"],"runtimeModuleIds":[10783,19108]},"/activity":{"otherChunks":["static/chunks/12xa60ck0x1pc.js","static/chunks/2italzg1yinax.js","static/chunks/1s040gcn7lz81.js"],"runtimeModuleIds":[10783,89326]},"/environment":{"otherChunks":["static/chunks/2zu1chku-xjsm.js","static/chunks/1s040gcn7lz81.js","static/chunks/0myf2hyjmitr2.js","static/chunks/2italzg1yinax.js"],"runtimeModuleIds":[10783,99164]},"/environments":{"otherChunks":["static/chunks/3krjtzqwmx327.js","static/chunks/1s040gcn7lz81.js","static/chunks/0uni78854h-0r.js","static/chunks/2italzg1yinax.js"],"runtimeModuleIds":[10783,76932]},"/":{"otherChunks":["static/chunks/11l8llu20d_3y.js"],"runtimeModuleIds":[10783,55075]},"/job":{"otherChunks":["static/chunks/0qppq45r65cgn.js","static/chunks/1s040gcn7lz81.js","static/chunks/30hcrk04f9oey.js","static/chunks/2italzg1yinax.js"],"runtimeModuleIds":[10783,25529]},"/jobs":{"otherChunks":["static/chunks/3m3k4j_xm92ov.js","static/chunks/1s040gcn7lz81.js","static/chunks/31soyc3szf4_c.js","static/chunks/2italzg1yinax.js"],"runtimeModuleIds":[10783,64331]},"/order":{"otherChunks":["static/chunks/3lj1kvec-f7tb.js","static/chunks/1s040gcn7lz81.js","static/chunks/1kycghpaxixyt.js","static/chunks/2italzg1yinax.js"],"runtimeModuleIds":[10783,25473]},"/sign-in":{"otherChunks":["static/chunks/0lgdskzo4r22h.js"],"runtimeModuleIds":[10783,38591]},"/settings/audit":{"otherChunks":["static/chunks/2eavbpl44n66x.js","static/chunks/2italzg1yinax.js","static/chunks/1s040gcn7lz81.js"],"runtimeModuleIds":[10783,54318]},"/settings":{"otherChunks":["static/chunks/03xnvdvlmvtcl.js","static/chunks/2italzg1yinax.js","static/chunks/1s040gcn7lz81.js"],"runtimeModuleIds":[10783,44410]},"/settings/members":{"otherChunks":["static/chunks/09bqzl6uklfor.js","static/chunks/2wgx9retshe6d.js","static/chunks/1s040gcn7lz81.js","static/chunks/2italzg1yinax.js"],"runtimeModuleIds":[10783,45943]},"/settings/provider":{"otherChunks":["static/chunks/2x52vnhz5xiyj.js","static/chunks/2tdzfuj0ltkag.js","static/chunks/1s040gcn7lz81.js","static/chunks/2italzg1yinax.js"],"runtimeModuleIds":[10783,24051]},"/settings/sessions":{"otherChunks":["static/chunks/3j7ca86nqw6uc.js","static/chunks/01ipxdh6-rd3o.js","static/chunks/1s040gcn7lz81.js","static/chunks/2italzg1yinax.js"],"runtimeModuleIds":[10783,52729]},"/settings/tokens":{"otherChunks":["static/chunks/2rs607vph30a3.js","static/chunks/2italzg1yinax.js","static/chunks/1s040gcn7lz81.js"],"runtimeModuleIds":[10783,22490]},"/operator/audit":{"otherChunks":["static/chunks/3m3k4j_xm92ov.js","static/chunks/3fpwyzdw_zg1k.js","static/chunks/1s040gcn7lz81.js","static/chunks/2italzg1yinax.js"],"runtimeModuleIds":[10783,28914]},"/operator/dead-letters":{"otherChunks":["static/chunks/1pun1snugjjqg.js","static/chunks/0juq-y5190gyv.js","static/chunks/1s040gcn7lz81.js","static/chunks/2italzg1yinax.js"],"runtimeModuleIds":[10783,95034]},"/operator/health":{"otherChunks":["static/chunks/0wdck3b5mnzwi.js","static/chunks/2italzg1yinax.js","static/chunks/1s040gcn7lz81.js"],"runtimeModuleIds":[10783,20597]},"/operator":{"otherChunks":["static/chunks/3g8o9rekhd8ff.js","static/chunks/0y8sca1-jfvxz.js","static/chunks/1s040gcn7lz81.js","static/chunks/2italzg1yinax.js"],"runtimeModuleIds":[10783,81492]},"/operator/users":{"otherChunks":["static/chunks/1g0olrt7t65fa.js","static/chunks/0h6qgbyvytyj7.js","static/chunks/1s040gcn7lz81.js","static/chunks/2italzg1yinax.js"],"runtimeModuleIds":[10783,60223]},"/_app":{"otherChunks":["static/chunks/0uf5z40m7vn7e.js","static/chunks/2cbigf85h-fsn.js","static/chunks/0lou509ag334g.js","static/chunks/0txno8_qi4ea3.js","static/chunks/095t23bk72cqq.js","static/chunks/3u2ytk5pkg51-.css"],"runtimeModuleIds":[10783,94757]},"/_error":{"otherChunks":["static/chunks/3n_c8q1xtyv-r.js"],"runtimeModuleIds":[10783,80184]}};self.__TURBOPACK_CHUNK_LOADING_GLOBAL = "TURBOPACK";self.__BUILD_MANIFEST_CB && self.__BUILD_MANIFEST_CB()