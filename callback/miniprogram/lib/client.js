// The hotline's web service, as far as a citizen needs it.

const PENDING = 'pending-request'
const CURRENT = 'current-callback'

// What went wrong, in words for the citizen; `retriable` means that sending the same again may help.
class Failure extends Error {
  constructor(words, status) {
    super(words)
    this.words = words
    this.status = status
    this.retriable = status === 0 || status >= 500
  }
}

const WORDS = {
  0: '网络不通。请检查网络后再按一次，不会重复登记。',
  404: '没有找到这次登记。',
  409: '这个号码已经登记过，请留意来电。',
  422: '号码或者时间有误，请检查后再试。',
  429: '今天登记次数较多，请直接拨打12348。'
}

function call(wx, config, { method, path, data, header }) {
  return new Promise((resolve, reject) => {
    wx.request({
      url: config.baseUrl + '/api/v1/callbacks' + path,
      method,
      data,
      header: { 'content-type': 'application/json', ...header },
      success(answer) {
        if (answer.statusCode >= 200 && answer.statusCode < 300) resolve(answer.data)
        else reject(failure(answer.statusCode))
      },
      fail() {
        reject(failure(0))
      }
    })
  })
}

function failure(status) {
  return new Failure(WORDS[status] || '服务暂时有问题，请稍后再试，或直接拨打12348。', status)
}

// Asks to be called back. The key lives until the service has answered, also through a restart of
// the mini-program: the same wish sent twice is one wish.
async function ask(wx, config, body) {
  const text = JSON.stringify(body)
  let pending = wx.getStorageSync(PENDING)
  if (!pending || pending.text !== text) {
    pending = { key: newKey(), text }
    wx.setStorageSync(PENDING, pending)
  }
  let taken
  try {
    taken = await call(wx, config, {
      method: 'POST',
      path: '',
      data: body,
      header: { 'Idempotency-Key': pending.key }
    })
  } catch (error) {
    if (!error.retriable) wx.removeStorageSync(PENDING)
    throw error
  }
  wx.setStorageSync(CURRENT, { id: taken.id, token: taken.token })
  wx.removeStorageSync(PENDING)
  return taken
}

function follow(wx, config, current) {
  return call(wx, config, { method: 'GET', path: address(current) })
}

function cancel(wx, config, current) {
  return call(wx, config, { method: 'DELETE', path: address(current) })
}

// The request this telephone made last: {id, token}, or null.
function current(wx) {
  return wx.getStorageSync(CURRENT) || null
}

function forget(wx) {
  wx.removeStorageSync(CURRENT)
}

function address({ id, token }) {
  return '/' + encodeURIComponent(id) + '?token=' + encodeURIComponent(token)
}

// It tells requests apart and guards nothing, so plain randomness will do.
function newKey() {
  const part = () => Math.random().toString(36).slice(2, 12)
  return `mp-${Date.now().toString(36)}-${part()}${part()}`
}

module.exports = { Failure, ask, cancel, current, follow, forget }
