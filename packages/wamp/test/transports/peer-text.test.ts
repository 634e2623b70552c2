import { expect, it } from 'vitest'
import { peerText } from '../../src/transports/peer-text.ts'

it('writes addresses as URLs have them, and paths as they are', () => {
  expect(peerText({ address: '127.0.0.1', port: 80 })).toBe('127.0.0.1:80')
  expect(peerText({ address: '::1', port: 80 })).toBe('[::1]:80')
  expect(peerText({ address: '/run/a.sock', port: undefined })).toBe('/run/a.sock')
  expect(peerText({ address: '', port: undefined })).toBe('')
})
