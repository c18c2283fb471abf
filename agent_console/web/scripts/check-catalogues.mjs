// Checks that the catalogues have the same keys, and that no word used in the source is missing.
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'

const folder = new URL('../src/', import.meta.url).pathname

function keysOf(value, prefix = '') {
  if (Array.isArray(value) || typeof value !== 'object') return [prefix]
  return Object.entries(value).flatMap(([key, inner]) => keysOf(inner, prefix === '' ? key : `${prefix}.${key}`))
}

function sources(path) {
  return readdirSync(path).flatMap((name) => {
    const inner = join(path, name)
    if (statSync(inner).isDirectory()) return sources(inner)
    return /\.(vue|ts)$/.test(name) && !name.endsWith('.test.ts') ? [inner] : []
  })
}

function read(...path) {
  return JSON.parse(readFileSync(join(folder, 'locales', ...path), 'utf8'))
}

// `groups/admin.zh.json` holds what is under `admin` in Chinese.
function groupsOf(locale) {
  const ending = `.${locale}.json`
  const names = readdirSync(join(folder, 'locales', 'groups')).filter((name) => name.endsWith(ending))
  return Object.fromEntries(names.map((name) => [name.slice(0, -ending.length), read('groups', name)]))
}

const catalogues = Object.fromEntries(
  ['zh', 'en'].map((locale) => [
    `${locale}.json`,
    new Set(keysOf({ ...read(`${locale}.json`), ...groupsOf(locale) })),
  ]),
)
const problems = []
const [first, ...others] = Object.keys(catalogues).sort().reverse()
for (const other of others) {
  for (const key of catalogues[first]) if (!catalogues[other].has(key)) problems.push(`${other} lacks ${key}`)
  for (const key of catalogues[other]) if (!catalogues[first].has(key)) problems.push(`${first} lacks ${key}`)
}

// Only whole keys; those put together at run time are covered by the equality of the groups.
for (const file of sources(folder)) {
  for (const [, key] of readFileSync(file, 'utf8').matchAll(/(?<![\w.])t\(\s*'([\w.]+)'/g)) {
    if (!catalogues[first].has(key)) problems.push(`${file.slice(folder.length)} uses ${key}, which ${first} lacks`)
  }
}

// Chinese in the program text would show in every language.
for (const file of sources(folder).filter((name) => !name.includes('/citizen/'))) {
  const text = readFileSync(file, 'utf8').replace(/'中文'/g, '').replace(/<!--.*?-->/gs, '')
  for (const line of text.split('\n')) {
    const code = line.replace(/\/\*\*.*|\/\/.*|^\s*\*.*/, '')
    if (/[\u4e00-\u9fff]/.test(code)) problems.push(`${file.slice(folder.length)}: ${code.trim()}`)
  }
}

if (problems.length > 0) {
  console.error(problems.join('\n'))
  process.exit(1)
}
console.log(`${Object.keys(catalogues).length} catalogues, ${catalogues[first].size} keys each`)
