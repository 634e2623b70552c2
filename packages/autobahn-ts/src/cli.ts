import { autobahnCommand } from './autobahn-command.ts'

const [, , ...words] = process.argv
await (await autobahnCommand(words)).parseAsync()
