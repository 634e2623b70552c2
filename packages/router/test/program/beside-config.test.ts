import { expect, it } from 'vitest'
import { besideConfig } from '../../src/program/beside-config.ts'

it('relative paths begin at the folder, and absolute ones stay', () => {
  const tls = { cert: 'a.pem', key: '/etc/key.pem' }
  const listeners = [
    { port: 1, tls: { ...tls, ca: 'ca.pem' }, static: { '/': '../web', '/docs': '/srv/docs' }, path: '/ws' },
    { unix: 'router.sock' },
    { port: 2, tls },
  ]
  expect(besideConfig({ realms: { a: {} }, listeners }, '/node/.crossbar')).toEqual({
    realms: { a: {} },
    listeners: [
      {
        port: 1,
        tls: { cert: '/node/.crossbar/a.pem', key: '/etc/key.pem', ca: '/node/.crossbar/ca.pem' },
        static: { '/': '/node/web', '/docs': '/srv/docs' },
        path: '/ws',
      },
      { unix: '/node/.crossbar/router.sock' },
      { port: 2, tls: { cert: '/node/.crossbar/a.pem', key: '/etc/key.pem' } },
    ],
  })
})

it('a config without listeners stays as it is', () => {
  const config = { realms: {} }
  expect(besideConfig(config, '/node')).toBe(config)
})
