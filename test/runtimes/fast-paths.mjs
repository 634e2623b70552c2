// Prints which fast paths this runtime takes.
import { fastPathReport } from '../../packages/websocket/dist/node/edge/fast-path-report.js'

console.log(JSON.stringify(fastPathReport()))
