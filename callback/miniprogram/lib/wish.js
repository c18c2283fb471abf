// What is asked for, without anything of WeChat: numbers, windows, words. Times are Beijing time,
// wherever the telephone thinks it is.

const BEIJING_OFFSET_MS = 8 * 3600 * 1000
const DAY_MS = 24 * 3600 * 1000

// A window that ends sooner than this is no longer offered: the service wants fifteen minutes.
const LEAST_LEFT_MS = 30 * 60 * 1000

const MOBILE = /^1[3-9]\d{9}$/
const LANDLINE = /^0(10|2\d|[3-9]\d{2})[2-9]\d{6,7}$/

const TOPICS = [
  { value: null, label: '不确定，都可以' },
  { value: 'labour', label: '工资、劳动、工伤' },
  { value: 'family', label: '婚姻、家庭、继承' },
  { value: 'contracts', label: '合同、借款、房屋' },
  { value: 'injury', label: '受伤、交通事故' },
  { value: 'legal_aid', label: '申请法律援助' }
]

const HOURS = [
  { name: '上午', from: 9, to: 12 },
  { name: '下午', from: 13, to: 18 },
  { name: '晚上', from: 18, to: 21 }
]

const ENDED = ['connected', 'cancelled', 'exhausted', 'superseded']

const STATE_WORDS = {
  waiting: '等待回电',
  dialling: '正在给您拨打',
  connected: '已经回电',
  cancelled: '已取消',
  exhausted: '没有打通',
  superseded: '您已经打通过热线'
}

function cleanNumber(text) {
  return String(text || '').replace(/[\s\-()（）]/g, '').replace(/^(\+|00)86/, '')
}

function isNumber(text) {
  const number = cleanNumber(text)
  return MOBILE.test(number) || LANDLINE.test(number)
}

// Midnight in Beijing of the day that `nowMs` lies in, as milliseconds since the epoch.
function midnight(nowMs) {
  return Math.floor((nowMs + BEIJING_OFFSET_MS) / DAY_MS) * DAY_MS - BEIJING_OFFSET_MS
}

// RFC 3339 with Beijing's offset.
function stamp(ms) {
  return new Date(ms + BEIJING_OFFSET_MS).toISOString().slice(0, 19) + '+08:00'
}

// The times to choose from: as soon as possible, then what is left of today, then tomorrow.
function windows(nowMs) {
  const choices = [{ label: '尽快', from: null, to: null }]
  ;['今天', '明天'].forEach((day, index) => {
    const start = midnight(nowMs) + index * DAY_MS
    HOURS.forEach((hours) => {
      const to = start + hours.to * 3600 * 1000
      if (to - nowMs < LEAST_LEFT_MS) return
      choices.push({
        label: `${day}${hours.name} ${hours.from}点到${hours.to}点`,
        from: stamp(start + hours.from * 3600 * 1000),
        to: stamp(to)
      })
    })
  })
  return choices
}

// The body of the request.
function body({ number, language, topic, window, consentVersion }) {
  return {
    number: cleanNumber(number),
    language,
    topic,
    window_from: window.from,
    window_to: window.to,
    consent: true,
    consent_version: consentVersion
  }
}

function isOpen(state) {
  return !ENDED.includes(state)
}

function stateWord(state) {
  return STATE_WORDS[state] || '请稍候'
}

module.exports = { TOPICS, body, cleanNumber, isNumber, isOpen, stamp, stateWord, windows }
