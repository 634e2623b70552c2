import { describe, expect, it } from 'vitest'
import { toClient, toServer } from '../../../src/v1/messages/parse-message.ts'

const forServers: readonly unknown[] = [
  [1, 'p', 'u'],
  [2, 'id', 'u'],
  [2, 'id', 'u', 1, null, {}],
  [3, 'id', null],
  [4, 'id', 'u', 'd'],
  [4, 'id', 'u', 'd', null],
  [5, 't'],
  [6, 't'],
  [7, 't', null],
  [7, 't', 1, null],
  [7, 't', 1, true],
  [7, 't', 1, false, []],
  [7, 't', 1, ['id', 7], ['id']],
]
const forClients: readonly unknown[] = [
  [0, 's'],
  [0, 's', null, null],
  [0, 's', 1],
  [0, 's', 1, 'server'],
  [2, 'id', 'u'],
  [3, 'id', {}],
  [4, 'id', 'u', 'd'],
  [8, 't', null],
]

describe('toServer', () => {
  for (const message of forServers) {
    it(`takes ${JSON.stringify(message)}`, () => {
      expect(toServer(message, 100)).toBe(message)
    })
  }
})

describe('toClient', () => {
  for (const message of forClients) {
    it(`takes ${JSON.stringify(message)}`, () => {
      expect(toClient(message, 100)).toBe(message)
    })
  }
})

const wrong: readonly (readonly [message: unknown, closeCode: number, why: string])[] = [
  [null, 1002, 'a WAMP message is a JSON array'],
  [{ 0: 5, 1: 't', length: 2 }, 1002, 'a WAMP message is a JSON array'],
  ['5', 1002, 'a WAMP message is a JSON array'],
  [[], 1002, 'a server does not receive WAMP messages of type undefined'],
  [[0, 's'], 1002, 'a server does not receive WAMP messages of type 0'],
  [[8, 't', 1], 1002, 'a server does not receive WAMP messages of type 8'],
  [[9], 1002, 'a server does not receive WAMP messages of type 9'],
  [[-1], 1002, 'a server does not receive WAMP messages of type -1'],
  [[5.5, 't'], 1002, 'a server does not receive WAMP messages of type 5.5'],
  [['5', 't'], 1002, 'a server does not receive WAMP messages of type string'],
  [[null, 't'], 1002, 'a server does not receive WAMP messages of type null'],
  [['length', 't'], 1002, 'a server does not receive WAMP messages of type string'],
  [[1, 'p'], 1002, 'PREFIX with 2 elements; 3 are expected'],
  [[1, 'p', 'u', 'x'], 1002, 'PREFIX with 4 elements; 3 are expected'],
  [[2, 'id'], 1002, 'CALL with 2 elements; at least 3 are expected'],
  [[2, 7, 'u'], 1002, 'element 1 of CALL must be a string'],
  [[2, 'id', null], 1002, 'element 2 of CALL must be a string'],
  [[3, 'id'], 1002, 'CALLRESULT with 2 elements; 3 are expected'],
  [[3, 'id', 1, 2], 1002, 'CALLRESULT with 4 elements; 3 are expected'],
  [[4, 'id', 'u'], 1002, 'CALLERROR with 3 elements; 4 to 5 are expected'],
  [[4, 'id', 'u', 7], 1002, 'element 3 of CALLERROR must be a string'],
  [[5], 1002, 'SUBSCRIBE with 1 elements; 2 are expected'],
  [[5, ['t']], 1002, 'element 1 of SUBSCRIBE must be a string'],
  [[7, 't'], 1002, 'PUBLISH with 2 elements; 3 to 5 are expected'],
  [[7, 't', 1, 'id'], 1002, 'element 3 of PUBLISH must be true, false, null or a list of session ids'],
  [[7, 't', 1, { 0: 'id', length: 1 }], 1002, 'element 3 of PUBLISH must be true, false, null or a list of session ids'],
  [[7, 't', 1, 0], 1002, 'element 3 of PUBLISH must be true, false, null or a list of session ids'],
  [[7, 't', 1, [], 'id'], 1002, 'element 4 of PUBLISH must be a list of session ids'],
  [[7, 't', 1, [], null], 1002, 'element 4 of PUBLISH must be a list of session ids'],
  [[7, 't', 1, [], true], 1002, 'element 4 of PUBLISH must be a list of session ids'],
  [[7, 't', 1, [], [], 1], 1002, 'PUBLISH with 6 elements; 3 to 5 are expected'],
  [[5, 'x'.repeat(101)], 1008, 'element 1 of SUBSCRIBE has 101 letters; 100 are allowed'],
  [[2, 'x'.repeat(101), 'u'], 1008, 'element 1 of CALL has 101 letters; 100 are allowed'],
]

describe('messages that a server refuses', () => {
  for (const [message, closeCode, why] of wrong) {
    it(`${JSON.stringify(message)?.slice(0, 40)}: ${why}`, () => {
      expect(() => toServer(message, 100)).toThrow(expect.objectContaining({ name: 'PeerMisbehaved', closeCode, message: why }))
    })
  }
})

describe('messages that a client refuses', () => {
  for (const [message, why] of [
    [[5, 't'], 'a client does not receive WAMP messages of type 5'],
    [[0], 'WELCOME with 1 elements; 2 to 4 are expected'],
    [[0, 's', 2], 'WAMP version 2; this side speaks 1'],
    [[0, 's', 1, 7], 'element 3 of WELCOME must be a string'],
    [[8, 't'], 'EVENT with 2 elements; 3 are expected'],
  ] as const) {
    it(`${JSON.stringify(message)}: ${why}`, () => {
      expect(() => toClient(message, 100)).toThrow(expect.objectContaining({ closeCode: 1002, message: why }))
    })
  }
})
