// Writes the tables of options in docs/ from the option tables of the code; the text around them stays. `--print defaults.md` writes that
// page to the standard output instead. Needs a build.
import { readFileSync, writeFileSync } from 'node:fs'
import { realmLimits } from '../packages/router/dist/realm/realm-limits.js'
import { resumptionOptions as routerResumption } from '../packages/router/dist/resumption/resumption-options.js'
import { socketOptions } from '../packages/wamp/dist/browser/v1.js'
import { clientOptions as wampClientOptions } from '../packages/wamp/dist/node/index.js'
import { wampOptions } from '../packages/wamp/dist/node/v1.js'
import { transportOptions } from '../packages/wamp/dist/protocol.js'
import { resumptionOptions } from '../packages/wamp/dist/resumption/index.js'
import { browserOptions } from '../packages/websocket/dist/browser/index.js'
import { clientOptions, perMessageDeflateOptions, reconnectingOptions, serverOptions } from '../packages/websocket/dist/index.js'

const isServers = name => name in serverOptions
const isClients = name => name in clientOptions

const pages = {
  'defaults.md': {
    'options of both roles': rowsOf(serverOptions, isClients),
    'options of the server': rowsOf(serverOptions, name => !isClients(name)),
    'options of the client': rowsOf(clientOptions, name => !isServers(name)),
    'options of permessageDeflate': rowsOf(perMessageDeflateOptions, () => true),
    'options of clients in a browser': rowsOf(browserOptions, () => true),
    'options of reconnect': rowsOf(reconnectingOptions, () => true),
  },
  'wamp-defaults.md': {
    'options of the client of WAMP': rowsOf(wampClientOptions, () => true),
    'options of WAMP transports': rowsOf(transportOptions, () => true),
    'options of a realm': rowsOf(realmLimits, () => true),
    'options of resumption of a realm': rowsOf(routerResumption, () => true),
    'options of resumption of the client': rowsOf(resumptionOptions, () => true),
  },
  'wamp-v1.md': {
    'options of WAMP': rowsOf(wampOptions, () => true),
    'options of the browser': rowsOf(explained(socketOptions), () => true),
  },
}

for (const [name, tables] of Object.entries(pages)) {
  const page = new URL(`../docs/${name}`, import.meta.url)
  const text = Object.entries(tables).reduce((text, table) => withTable(name, text, table), readFileSync(page, 'utf8'))
  if (!process.argv.includes('--print')) writeFileSync(page, text)
  else if (process.argv.includes(name)) process.stdout.write(text)
}

/** Pages have the options of WAMP without texts. */
function explained(settings) {
  return Object.fromEntries(Object.entries(settings).map(([name, setting]) => [name, { ...browserOptions[name], ...setting }]))
}

/** Replaces the text between the table's marks. */
function withTable(page, text, [name, rows]) {
  const begin = `<!-- begin: ${name} -->\n`
  const end = `<!-- end: ${name} -->`
  const from = text.indexOf(begin)
  const to = text.indexOf(end)
  if (from < 0 || to < from) throw new Error(`docs/${page} has no place for the ${name}`)
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

/** Formats a value as in a program. */
function literal(value) {
  if (Array.isArray(value)) return `[${value.map(literal).join(', ')}]`
  if (typeof value === 'string') return `'${value}'`
  if (typeof value === 'number' && Number.isFinite(value)) return value.toLocaleString('en-US').replaceAll(',', '_')
  return String(value)
}
