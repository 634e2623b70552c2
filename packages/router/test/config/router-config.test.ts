import { describe, expect, it } from 'vitest'
import { routerConfig } from '../../src/config/router-config.ts'

describe('the schema of a config', () => {
  it('takes everything at once', () => {
    const hex = 'ab'.repeat(32)
    const config = {
      realms: {
        'com.example': {
          auth: {
            anonymous: { role: 'guest' },
            ticket: { users: { joe: { ticket: 's', role: 'user', extra: { shift: 1 } } } },
            wampcra: { users: { joe: { secret: 'k', salt: 's', iterations: 1000, keylen: 32, role: 'user' } } },
            scram: {
              users: { joe: { kdf: 'pbkdf2', salt: 'AAAA', iterations: 4096, storedKey: 'AAAA', serverKey: 'AAAA', role: 'user' } },
            },
            cryptosign: { users: { joe: { authorizedKeys: [hex], role: 'user' } }, routerKey: hex },
            tls: { procedure: 'com.example.certificate' },
          },
          roles: {
            user: { permissions: [{ uri: 'com.', match: 'prefix', allow: { call: true }, disclose: { caller: true } }] },
            guest: { authorizer: 'com.example.authorize' },
            site: { link: true, permissions: [] },
          },
          maxSessions: 100,
          holdPublishers: true,
          history: [{ topic: 'com.example.log', limit: 10 }],
          links: [
            { url: 'rs://10.0.0.2:8080', events: [{ uri: 'com.example.a' }] },
            {
              url: 'wss://wamp.example.com/ws',
              realm: 'com.example.other',
              auth: { method: 'ticket', authid: 'site-a', secret: 's' },
              serializer: 'cbor',
              ca: 'ca.pem',
              events: [{ uri: '', match: 'prefix', direction: 'in' }],
              calls: [{ uri: 'com..add', match: 'wildcard', direction: 'out' }],
              maxHops: 2,
            },
          ],
        },
      },
      listeners: [
        {
          host: '0.0.0.0',
          port: 443,
          tls: { cert: 'c.pem', key: 'k.pem', ca: 'ca.pem' },
          path: '/ws',
          allowedOrigins: ['https://example.com'],
        },
        { unix: '/run/router', rawSocket: true, longPoll: false, static: { '/': 'public' } },
      ],
      metrics: true,
      page: false,
      logLevel: 'info',
      shutdownTimeout: 5,
    }
    expect(routerConfig.parse(config)).toEqual(config)
  })
})
