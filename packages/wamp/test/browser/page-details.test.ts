import { expect, it } from 'vitest'
import { pageDetails } from '../../src/browser/page-details.ts'

it.each([
  ['ws://a:8080/ws?x#y', 'a:8080', false],
  ['wss://router.example', 'router.example', true],
  ['WSS://[::1]/', '[::1]', true],
  ['wss://user:secret@router.example:8443/', 'router.example:8443', true],
])('has host and port of %s', (url, peer, isSecure) => {
  expect(pageDetails(url)).toEqual({ kind: 'websocket', peer, isSecure, headers: {} })
})
