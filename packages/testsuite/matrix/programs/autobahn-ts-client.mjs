// This library as a client, with its defaults.
import { testeeClient } from '../../dist/index.js'

const [url, agent] = process.argv.slice(2)
await testeeClient({ url, agent })
