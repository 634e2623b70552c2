import { describe, expect, it } from 'vitest'
import { CertificateMethod } from '../../src/auth/certificate-method.ts'
import { joinRequest, principalOf } from '../fixtures/join-requests.ts'

const users = { pump: { fingerprint: 'AB:'.repeat(31).concat('AB'), role: 'device' } }
const transport = (certificate?: string) =>
  ({ kind: 'websocket', peer: '', isSecure: true, headers: {}, ...(certificate !== undefined && { certificate }) }) as const

describe('a certificate', () => {
  const method = new CertificateMethod({ users })

  it('lets in its owner, also without a name', async () => {
    for (const authid of ['pump', undefined]) {
      const step = await method.begin(joinRequest({ authid, transport: transport('ab'.repeat(32)) }))
      expect(principalOf(step)).toMatchObject({ authid: 'pump', authrole: 'device' })
    }
  })

  it('lets in nobody else', async () => {
    expect(await method.begin(joinRequest({ authid: 'pump', transport: transport('cd'.repeat(32)) }))).toBeUndefined()
    expect(await method.begin(joinRequest({ authid: 'other', transport: transport('ab'.repeat(32)) }))).toBeUndefined()
    expect(await method.begin(joinRequest({ transport: transport('cd'.repeat(32)) }))).toBeUndefined()
  })

  it('is needed', async () => {
    expect(await method.begin(joinRequest({ authid: 'pump', transport: transport() }))).toBeUndefined()
  })
})
