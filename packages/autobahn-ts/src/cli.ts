import { autobahnCommand, helpAsFlag } from './autobahn-command.ts'
import { surviveClosedOutputs } from './survive-closed-outputs.ts'

surviveClosedOutputs(process)
const words = helpAsFlag(process.argv.slice(2))
await (await autobahnCommand(words)).parseAsync(words, { from: 'user' })
