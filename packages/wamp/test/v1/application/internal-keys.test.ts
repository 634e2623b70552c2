import { expect, it } from 'vitest'
import { broker, keepRegistrations, setRights } from '../../../src/v1/application/internal-keys.ts'
import { WampServerFactory } from '../../../src/v1/application/server-factory.ts'
import { WampServerProtocol } from '../../../src/v1/application/server-protocol.ts'

it('names the members that the classes use of each other, which no subclass can take by accident', () => {
  expect(Object.getOwnPropertySymbols(WampServerFactory.prototype)).toEqual([broker])
  expect(Object.getOwnPropertySymbols(WampServerProtocol.prototype)).toEqual([keepRegistrations, setRights])
  expect(Object.getOwnPropertySymbols(new WampServerFactory())).toEqual([])
})
