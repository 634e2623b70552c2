import { serverBodyCases } from './20-opening-bodies.ts'
import { clientHandshakeCases } from './20-opening-client.ts'
import { serverFieldCases } from './20-opening-fields.ts'
import { serverRequestCases } from './20-opening-request.ts'
import type { Case } from './case.ts'

/** The opening handshake: 20.1 to 20.9 for servers, 20.10 to 20.13 for clients. */
export const group20: readonly Case[] = [...serverRequestCases, ...serverFieldCases, ...serverBodyCases, ...clientHandshakeCases]
