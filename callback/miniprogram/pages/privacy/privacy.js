const config = require('../../config')
const care = require('../../lib/care')

Page({
  data: {
    isCareMode: false,
    scale: 1,
    operator: config.operator,
    contact: config.contact,
    retention: config.retention
  },

  onShow() {
    this.setData({ isCareMode: care.preferred(wx), scale: care.letterScale(wx) })
  }
})
