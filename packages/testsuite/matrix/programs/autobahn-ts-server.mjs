// This library as a server, with its defaults.
import { testeeServer } from '../../dist/index.js'

const listener = await testeeServer({ host: '127.0.0.1', port: 0 })
console.log(listener.url)
