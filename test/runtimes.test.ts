import { testsOn } from './runtimes/tests-on.ts'

// The same tests run on Bun and Deno with `npm run interop -- runtimes`.
testsOn({ name: 'Node', command: process.execPath, args: [], lacks: [] })
