// npm run interop: everything that npm test leaves out because it is heavy or foreign, or the parts that are named
import { nodes } from './nodes.mjs'

/** A part prints what it does, writes its record, and tells whether everything in it passed. */
const parts = { nodes }

const named = process.argv.slice(2)
const unknown = named.filter(name => !Object.hasOwn(parts, name))
if (unknown.length > 0) {
  console.error(`interop: there is no part ${unknown.join(', ')}; there is ${Object.keys(parts).join(', ')}`)
  process.exit(2)
}

for (const name of named.length > 0 ? named : Object.keys(parts)) {
  console.log(`interop: ${name}`)
  if (!(await parts[name]())) process.exitCode = 1
}
