// Care mode: large letters and large controls, for people who asked WeChat or us for them.

const KEY = 'care-mode'

// WeChat's letters at this size or larger mean that the person has trouble reading small ones.
const LARGE_LETTERS = 1.25

// The choice made here wins; otherwise WeChat's own letter size tells.
function preferred(wx) {
  const chosen = wx.getStorageSync(KEY)
  if (chosen === 'on' || chosen === 'off') return chosen === 'on'
  return letterScale(wx) >= LARGE_LETTERS
}

function remember(wx, isOn) {
  wx.setStorageSync(KEY, isOn ? 'on' : 'off')
}

// 1 on WeChat versions that do not tell.
function letterScale(wx) {
  const info = wx.getAppBaseInfo ? wx.getAppBaseInfo() : {}
  return info.fontSizeScaleFactor || 1
}

module.exports = { preferred, remember, letterScale }
