/** The entry `@autobahn-ts/router/program`: the parts of `autobahn-ts router`. Runs on Node. */

export { isCrossbarConfig, readCrossbarConfig } from './config/crossbar-config.ts'
export { doubtsAbout } from './config/doubts.ts'
export { jsonSchema } from './config/json-schema.ts'
export { readConfig } from './config/read-config.ts'
export { besideConfig } from './program/beside-config.ts'
export { checkConfig } from './program/config-check.ts'
export { pinoLog } from './program/pino-log.ts'
export { RouterProgram } from './program/router-program.ts'
