// npm run interop: everything that npm test leaves out because it is heavy or foreign, or the parts that are named
import { nodes } from './nodes.mjs'
import { pythonWebsockets } from './python-websockets.mjs'

/** A part prints what it does, writes its record, and tells whether everything in it passed. It is given the versions that are named, if any. */
const parts = { nodes, 'python-websockets': pythonWebsockets }

const versions = process.argv.slice(2).filter(word => /^\d+$/.test(word))
const named = process.argv.slice(2).filter(word => !versions.includes(word))
const unknown = named.filter(name => !Object.hasOwn(parts, name))
if (unknown.length > 0) {
  console.error(`interop: there is no part ${unknown.join(', ')}; there is ${Object.keys(parts).join(', ')}`)
  process.exit(2)
}

for (const name of named.length > 0 ? named : Object.keys(parts)) {
  console.log(`interop: ${name}`)
  if (!(await parts[name](versions.map(Number)))) process.exitCode = 1
}
