// Prints the fast paths that this runtime uses.
import { fastPathReport } from '../../packages/websocket/dist/node/edge/fast-path-report.js'

console.log(JSON.stringify(fastPathReport()))
