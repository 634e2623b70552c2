// Writes the tables of docs/defaults.md from the option tables that validate; the text around them is left as it is.
// `--print` writes the page to the standard output instead. Needs a build.
import { readFileSync, writeFileSync } from 'node:fs'
import { clientOptions, perMessageDeflateOptions, serverOptions } from '../packages/websocket/dist/index.js'

const page = new URL('../docs/defaults.md', import.meta.url)
const isServers = name => name in serverOptions
const isClients = name => name in clientOptions

const tables = {
  'options of both roles': rowsOf(serverOptions, isClients),
  'options of the server': rowsOf(serverOptions, name => !isClients(name)),
  'options of the client': rowsOf(clientOptions, name => !isServers(name)),
  'options of permessageDeflate': rowsOf(perMessageDeflateOptions, () => true),
}

const text = Object.entries(tables).reduce(withTable, readFileSync(page, 'utf8'))
if (process.argv.includes('--print')) process.stdout.write(text)
else writeFileSync(page, text)

/** Replaces what stands between the table's marks. */
function withTable(text, [name, rows]) {
  const begin = `<!-- begin: ${name} -->\n`
  const end = `<!-- end: ${name} -->`
  const from = text.indexOf(begin)
  const to = text.indexOf(end)
  if (from < 0 || to < from) throw new Error(`docs/defaults.md has no place for the ${name}`)
  const head = '| option | default | values | meaning | why this default |\n|---|---|---|---|---|\n'
  return text.slice(0, from) + begin + head + rows.join('') + text.slice(to)
}

function rowsOf(table, isWanted) {
  return Object.entries(table)
    .filter(([name]) => isWanted(name))
    .map(([name, { default: value, wanted, means, because }]) => row(`\`${name}\``, `\`${literal(value)}\``, wanted, means, because))
}

function row(...cells) {
  return `| ${cells.map(cell => cell.replaceAll('|', '\\|')).join(' | ')} |\n`
}

/** As one writes it in a program. */
function literal(value) {
  if (Array.isArray(value)) return `[${value.map(literal).join(', ')}]`
  if (typeof value === 'string') return `'${value}'`
  if (typeof value === 'number') return value.toLocaleString('en-US').replaceAll(',', '_')
  return String(value)
}
