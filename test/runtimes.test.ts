import { testsOn } from './runtimes/tests-on.ts'

// `npm run interop -- runtimes` runs these tests on Bun and Deno.
testsOn({ name: 'Node', command: process.execPath, args: [], lacks: [] })
