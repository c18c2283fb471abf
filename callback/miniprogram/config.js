// What an installation sets before it uploads the mini-program. See README.md.
module.exports = {
  // Origin of the hotline's web service; must be on the list of request domains in the WeChat console.
  baseUrl: 'https://hotline.example',
  // Number that the one-tap button dials, and that citizens know.
  hotlineNumber: '12348',
  // Named in the privacy notice; the version travels with each request as proof of what was agreed to.
  operator: '（请填写热线运营单位）',
  contact: '（请填写联系方式）',
  retention: '（请填写保存期限）',
  consentVersion: 'miniprogram-1',
  languages: [
    { value: 'zh', label: '普通话' },
    { value: 'bo', label: '藏语 བོད་སྐད།' },
    { value: 'en', label: 'English' },
    { value: 'ko', label: '조선어 · 한국어' }
  ]
}
