const config = require('../../config')
const care = require('../../lib/care')
const client = require('../../lib/client')
const wish = require('../../lib/wish')

Page({
  data: {
    isCareMode: false,
    scale: 1,
    hotlineNumber: config.hotlineNumber,
    number: '',
    isNumberWrong: false,
    languages: config.languages.map((language) => language.label),
    languageIndex: 0,
    topics: wish.TOPICS.map((topic) => topic.label),
    topicIndex: 0,
    windows: [],
    windowIndex: 0,
    hasAgreed: false,
    isSending: false,
    problem: '',
    hasEarlier: false
  },

  onShow() {
    this.choices = wish.windows(Date.now())
    this.setData({
      isCareMode: care.preferred(wx),
      scale: care.letterScale(wx),
      windows: this.choices.map((choice) => choice.label),
      windowIndex: 0,
      hasEarlier: client.current(wx) !== null
    })
  },

  onNumber(event) {
    this.setData({ number: event.detail.value, isNumberWrong: false, problem: '' })
  },

  onLanguage(event) {
    this.setData({ languageIndex: Number(event.detail.value) })
  },

  onTopic(event) {
    this.setData({ topicIndex: Number(event.detail.value) })
  },

  onWindow(event) {
    this.setData({ windowIndex: Number(event.detail.value) })
  },

  onAgree(event) {
    this.setData({ hasAgreed: event.detail.value.includes('agreed'), problem: '' })
  },

  onCare() {
    const isCareMode = !this.data.isCareMode
    care.remember(wx, isCareMode)
    this.setData({ isCareMode })
  },

  onDial() {
    wx.makePhoneCall({ phoneNumber: config.hotlineNumber, fail() {} })
  },

  onPrivacy() {
    wx.navigateTo({ url: '/pages/privacy/privacy' })
  },

  onStatus() {
    wx.navigateTo({ url: '/pages/status/status' })
  },

  async onSubmit() {
    if (this.data.isSending) return
    if (!wish.isNumber(this.data.number)) {
      this.setData({ isNumberWrong: true, problem: '请填写11位手机号，或者带区号的座机号。' })
      return
    }
    if (!this.data.hasAgreed) {
      this.setData({ problem: '请先阅读并勾选同意隐私说明。' })
      return
    }
    this.setData({ isSending: true, problem: '' })
    try {
      await client.ask(wx, config, this.body())
      this.setData({ hasEarlier: true })
      wx.navigateTo({ url: '/pages/status/status' })
    } catch (error) {
      this.setData({ problem: error.words || '服务暂时有问题，请直接拨打12348。' })
    } finally {
      this.setData({ isSending: false })
    }
  },

  body() {
    return wish.body({
      number: this.data.number,
      language: config.languages[this.data.languageIndex].value,
      topic: wish.TOPICS[this.data.topicIndex].value,
      window: this.choices[this.data.windowIndex],
      consentVersion: config.consentVersion
    })
  }
})
