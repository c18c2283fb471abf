// Runs the mini-program's pages against a stand-in for WeChat: node --test miniprogram.test.cjs
const assert = require('node:assert/strict')
const path = require('node:path')
const { beforeEach, test } = require('node:test')

const ROOT = path.resolve(__dirname, '../../../callback/miniprogram')
const wish = require(path.join(ROOT, 'lib/wish'))
const care = require(path.join(ROOT, 'lib/care'))

const NOON = Date.parse('2026-03-02T12:00:00+08:00')
const TAKEN = { id: 'cb_1', token: 'secret', state: 'waiting' }

let wx
let requests
let answers
let visited

function fakeWeChat({ letters = 1 } = {}) {
  const storage = new Map()
  return {
    getStorageSync: (key) => storage.get(key) ?? '',
    setStorageSync: (key, value) => storage.set(key, value),
    removeStorageSync: (key) => storage.delete(key),
    getAppBaseInfo: () => ({ fontSizeScaleFactor: letters }),
    navigateTo: ({ url }) => visited.push(url),
    makePhoneCall: ({ phoneNumber }) => visited.push('tel:' + phoneNumber),
    showModal: ({ success }) => success({ confirm: true }),
    request(options) {
      requests.push(options)
      const answer = answers.shift()
      if (answer === 'offline') options.fail({})
      else options.success(answer)
    }
  }
}

// Loads a page as WeChat does: its code hands an object of data and handlers to Page().
function open(name) {
  const file = path.join(ROOT, `pages/${name}/${name}.js`)
  delete require.cache[file]
  let page
  globalThis.Page = (definition) => {
    page = { ...definition, data: structuredClone(definition.data) }
    page.setData = (changes) => Object.assign(page.data, changes)
  }
  require(file)
  return page
}

function filledIn(number = '138 0000 1234') {
  const page = open('callback')
  page.onShow()
  page.onNumber({ detail: { value: number } })
  page.onAgree({ detail: { value: ['agreed'] } })
  return page
}

beforeEach(() => {
  requests = []
  answers = []
  visited = []
  wx = fakeWeChat()
  globalThis.wx = wx
})

test('numbers: mobile and landline with area code, however they are written', () => {
  for (const number of ['13800001234', '138-0000-1234', '+8613800001234', '0731 8221234'])
    assert.equal(wish.isNumber(number), true, number)
  for (const number of ['', '12348', '1380000123', '23800001234', '8221234', '01012345678'])
    assert.equal(wish.isNumber(number), false, number)
})

test('windows: noon offers the rest of today and all of tomorrow, in Beijing time', () => {
  const choices = wish.windows(NOON)

  assert.deepEqual(
    choices.map((choice) => choice.label.slice(0, 4)),
    ['尽快', '今天下午', '今天晚上', '明天上午', '明天下午', '明天晚上']
  )
  assert.equal(choices[1].from, '2026-03-02T13:00:00+08:00')
  assert.equal(choices[5].to, '2026-03-03T21:00:00+08:00')
})

test('windows: one that is nearly over is not offered', () => {
  const labels = wish.windows(Date.parse('2026-03-02T20:45:00+08:00')).map((choice) => choice.label)

  assert.ok(!labels.some((label) => label.startsWith('今天')))
})

test('asking sends one request with key, number and consent, then shows the status', async () => {
  answers = [{ statusCode: 201, data: TAKEN }]
  const page = filledIn()

  await page.onSubmit()

  assert.equal(requests.length, 1)
  assert.match(requests[0].header['Idempotency-Key'], /^[\x21-\x7e]{8,128}$/)
  assert.deepEqual(requests[0].data, {
    number: '13800001234',
    language: 'zh',
    topic: null,
    window_from: null,
    window_to: null,
    consent: true,
    consent_version: 'miniprogram-1'
  })
  assert.deepEqual(visited, ['/pages/status/status'])
  assert.equal(page.data.isSending, false)
})

test('a double tap is one request', async () => {
  answers = [{ statusCode: 201, data: TAKEN }]
  const page = filledIn()

  await Promise.all([page.onSubmit(), page.onSubmit()])

  assert.equal(requests.length, 1)
})

test('without consent or with a wrong number nothing is sent', async () => {
  const page = filledIn('12345')
  await page.onSubmit()
  assert.equal(page.data.isNumberWrong, true)

  page.onNumber({ detail: { value: '13800001234' } })
  page.onAgree({ detail: { value: [] } })
  await page.onSubmit()

  assert.equal(requests.length, 0)
  assert.notEqual(page.data.problem, '')
})

test('after a lost answer the same wish keeps its key, another wish gets another', async () => {
  answers = ['offline', 'offline', { statusCode: 201, data: TAKEN }]
  const page = filledIn()

  await page.onSubmit()
  await page.onSubmit()
  page.onTopic({ detail: { value: '1' } })
  await page.onSubmit()

  const keys = requests.map((request) => request.header['Idempotency-Key'])
  assert.equal(keys[0], keys[1])
  assert.notEqual(keys[1], keys[2])
})

test('a number that waits already is told so', async () => {
  answers = [{ statusCode: 409, data: {} }]
  const page = filledIn()

  await page.onSubmit()

  assert.match(page.data.problem, /已经登记/)
  assert.deepEqual(visited, [])
})

test('status shows the state with the token of this telephone', async () => {
  wx.setStorageSync('current-callback', { id: 'cb_1', token: 'a b' })
  answers = [
    { statusCode: 200, data: { state: 'waiting', number: '138****1234', expected_text: '请留意来电。' } }
  ]
  const page = open('status')

  await page.onShow()
  page.onHide()

  assert.match(requests[0].url, /\/api\/v1\/callbacks\/cb_1\?token=a%20b$/)
  assert.deepEqual(
    [page.data.word, page.data.number, page.data.isOpen],
    ['等待回电', '138****1234', true]
  )
})

test('status without a request says so', async () => {
  const page = open('status')

  await page.onShow()

  assert.equal(page.data.isMissing, true)
  assert.equal(requests.length, 0)
})

test('cancelling asks first and then ends the request', async () => {
  wx.setStorageSync('current-callback', { id: 'cb_1', token: 't' })
  answers = [{ statusCode: 200, data: { state: 'cancelled', number: '138****1234' } }]
  const page = open('status')

  await page.cancel()

  assert.equal(requests[0].method, 'DELETE')
  assert.deepEqual([page.data.word, page.data.isOpen], ['已取消', false])
})

test('one tap dials the hotline', () => {
  open('callback').onDial()

  assert.deepEqual(visited, ['tel:12348'])
})

test('care mode follows large letters until somebody chooses', () => {
  const large = fakeWeChat({ letters: 1.4 })

  assert.equal(care.preferred(large), true)
  care.remember(large, false)
  assert.equal(care.preferred(large), false)
})
