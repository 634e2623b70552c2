import { autobahnCommand } from './autobahn-command.ts'
import { surviveClosedOutputs } from './survive-closed-outputs.ts'

surviveClosedOutputs(process)
const [, , ...words] = process.argv
await (await autobahnCommand(words)).parseAsync()
