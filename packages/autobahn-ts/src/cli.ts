#!/usr/bin/env node
import { autobahnCommand } from './autobahn-command.ts'

await autobahnCommand().parseAsync()
