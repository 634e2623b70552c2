import { Session } from 'node:inspector'

/** Counts what is on the heap of this process, by kind: `{ [kind]: { count, octets } }`. Takes a second for each 100 MiB. */
export async function heapObjects() {
  const { snapshot, nodes, strings } = JSON.parse(await takeSnapshot())
  const { node_fields: fields, node_types: types } = snapshot.meta
  const [type, name, size] = ['type', 'name', 'self_size'].map(field => fields.indexOf(field))
  const kinds = {}
  for (let at = 0; at < nodes.length; at += fields.length) {
    const kind = kindOf(types[type][nodes[at + type]], strings[nodes[at + name]])
    kinds[kind] ??= { count: 0, octets: 0 }
    kinds[kind].count++
    kinds[kind].octets += nodes[at + size]
  }
  return kinds
}

/** Objects are told apart by their class; strings, code and the rest only by what they are. */
function kindOf(type, name) {
  return type === 'object' || type === 'closure' || type === 'array' || type === 'native' ? `${type} ${name.slice(0, 60)}` : type
}

function takeSnapshot() {
  const session = new Session()
  session.connect()
  const pieces = []
  session.on('HeapProfiler.addHeapSnapshotChunk', ({ params }) => pieces.push(params.chunk))
  return new Promise((resolve, reject) => {
    session.post('HeapProfiler.takeHeapSnapshot', { reportProgress: false }, error => {
      session.disconnect()
      if (error === null) resolve(pieces.join(''))
      else reject(error)
    })
  })
}
