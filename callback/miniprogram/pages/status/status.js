const config = require('../../config')
const care = require('../../lib/care')
const client = require('../../lib/client')
const wish = require('../../lib/wish')

// The state is asked for this often while the page is looked at.
const REFRESH_MS = 15000

Page({
  data: {
    isCareMode: false,
    scale: 1,
    hotlineNumber: config.hotlineNumber,
    isLoaded: false,
    isMissing: false,
    isOpen: false,
    number: '',
    word: '',
    expected: '',
    problem: '',
    isCancelling: false
  },

  onShow() {
    this.isShown = true
    this.setData({ isCareMode: care.preferred(wx), scale: care.letterScale(wx) })
    return this.refresh()
  },

  onHide() {
    this.stop()
  },

  onUnload() {
    this.stop()
  },

  async onPullDownRefresh() {
    await this.refresh()
    wx.stopPullDownRefresh()
  },

  onDial() {
    wx.makePhoneCall({ phoneNumber: config.hotlineNumber, fail() {} })
  },

  onAgain() {
    client.forget(wx)
    wx.navigateBack({
      fail() {
        wx.reLaunch({ url: '/pages/callback/callback' })
      }
    })
  },

  onCancel() {
    wx.showModal({
      title: '取消回电',
      content: '取消后，我们不会再给您打电话。',
      confirmText: '取消回电',
      cancelText: '先不取消',
      success: (answer) => {
        if (answer.confirm) this.cancel()
      }
    })
  },

  stop() {
    this.isShown = false
    clearTimeout(this.timer)
  },

  async refresh() {
    clearTimeout(this.timer)
    const current = client.current(wx)
    if (current === null) {
      this.setData({ isLoaded: true, isMissing: true })
      return
    }
    try {
      this.show(await client.follow(wx, config, current))
    } catch (error) {
      this.setData({ isLoaded: true, problem: error.words, isMissing: error.status === 404 })
    }
    if (this.isShown && (this.data.isOpen || this.data.problem)) {
      this.timer = setTimeout(() => this.refresh(), REFRESH_MS)
    }
  },

  async cancel() {
    if (this.data.isCancelling) return
    this.setData({ isCancelling: true, problem: '' })
    try {
      this.show(await client.cancel(wx, config, client.current(wx)))
    } catch (error) {
      this.setData({ problem: error.words })
    } finally {
      this.setData({ isCancelling: false })
    }
  },

  show(callback) {
    this.setData({
      isLoaded: true,
      isMissing: false,
      isOpen: wish.isOpen(callback.state),
      number: callback.number,
      word: wish.stateWord(callback.state),
      expected: callback.expected_text || '',
      problem: ''
    })
  }
})
