import { z } from 'zod'
import { routerConfig } from './router-config.ts'

/** Returns the schema of the config as JSON Schema (draft 2020-12), for editors that complete and check while one writes. */
export function jsonSchema(): object {
  return z.toJSONSchema(routerConfig, { io: 'input' })
}
