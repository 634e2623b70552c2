import type { Case } from './case.ts'
import { serverBodyCases } from './group-20-bodies.ts'
import { clientHandshakeCases } from './group-20-client.ts'
import { serverFieldCases } from './group-20-fields.ts'
import { serverRequestCases } from './group-20-request.ts'

/** The opening handshake: 20.1 to 20.9 for servers, 20.10 to 20.13 for clients. */
export const group20: readonly Case[] = [...serverRequestCases, ...serverFieldCases, ...serverBodyCases, ...clientHandshakeCases]
