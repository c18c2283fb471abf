const care = require('./lib/care')

App({
  onLaunch() {
    this.globalData.isCareMode = care.preferred(wx)
  },

  globalData: { isCareMode: false }
})
