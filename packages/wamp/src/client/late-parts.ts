import { Callee } from '../session/callee.ts'
import type { Late } from '../session/late.ts'
import { checkedSubscriber } from './checked-handlers.ts'
import { register, serve } from './registering.ts'

/** The parts of a client that pages load with their first use: by `register`, by `serve`, and by schemas. */
export interface LateParts {
  readonly Callee: typeof Callee
  readonly register: typeof register
  readonly serve: typeof serve
  readonly checkedSubscriber: typeof checkedSubscriber
}

export const lateParts: LateParts = { Callee, register, serve, checkedSubscriber }

/** The parts of a client that has loaded all of them at once. */
export const partsAtHand: Late<LateParts> = { loaded: lateParts, load: async () => lateParts }
