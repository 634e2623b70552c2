/**
 * The values that servers put into scripts.
 *
 * @typedef {object} Place
 * @property {string} host
 * @property {Readonly<Record<string, readonly number[]>>} ports by their kind: `ws`, `wss`, `http`, `https`
 * @property {URL} location the address of the test
 */

/**
 * Replaces what stands between double braces in a script, as the server of the web-platform tests does: `{{host}}`, `{{ports[ws][0]}}`, `{{domains[www]}}`,
 * `{{location[host]}}`, `{{GET[name]}}`. Leaves what it does not know as it is. Ports of servers that are not here become 1, where nothing listens.
 *
 * @param {string} text
 * @param {Place} place
 */
export function substituted(text, place) {
  return text.replace(/\{\{\s*(?:\$[\w-]+:)?([\w.-]+)((?:\[[^\]]*\])*)\s*\}\}/g, (whole, name, indexes) => {
    const value = meaning(
      name,
      [...indexes.matchAll(/\[([^\]]*)\]/g)].map(([, index]) => index),
      place,
    )
    return value === undefined ? whole : String(value)
  })
}

function meaning(name, indexes, { host, ports, location }) {
  const [first = '', second = '0'] = indexes
  switch (name) {
    case 'host':
      return host
    case 'domains':
    case 'hosts':
      // other names of the host do not resolve on every machine
      return host
    case 'ports':
      return ports[first]?.[Number(second)] ?? ports[first]?.[0] ?? 1
    case 'location':
      return (
        { server: location.origin, scheme: location.protocol.slice(0, -1), host: location.host, hostname: location.hostname }[first] ??
        location[first]
      )
    case 'GET':
      return location.searchParams.get(first) ?? ''
    case 'uuid':
      return crypto.randomUUID()
    default:
      return undefined
  }
}

/**
 * Tells whether a file is to be substituted: its name has `.sub.` in it, or its address asks for it.
 *
 * @param {string} path
 * @param {string} query
 */
export function isSubstituted(path, query) {
  return /\.sub\.[^/]*$/.test(path) || /[?&]pipe=[^&]*\bsub\b/.test(query)
}
