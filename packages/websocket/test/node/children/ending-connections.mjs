// Ends connections for which nothing else keeps the process alive. Prints "gone" afterwards.
import { WebSocketServerFactory } from '../../../dist/index.js'
import { endConnections } from '../../../dist/node/edge/end-connections.js'
import { OpenConnections } from '../../../dist/node/edge/open-connections.js'
import { nodeClock } from '../../../dist/node/runtime/node-clock.js'

const connections = new OpenConnections(new WebSocketServerFactory('ws://127.0.0.1:0'), undefined)
const gone = new Promise(resolve => setTimeout(resolve, 50).unref())
await endConnections(connections, {}, nodeClock, gone)
console.log('gone')
