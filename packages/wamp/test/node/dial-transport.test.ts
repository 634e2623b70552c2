import { describe, expect, it } from 'vitest'
import { dialTransport } from '../../src/node/dial-transport.ts'
import { JsonSerializer } from '../../src/serializers/json.ts'

describe('dialTransport', () => {
  for (const url of ['ftp://a', 'a', '', 'constructor:a', 5 as never])
    it(`rejects the URL ${JSON.stringify(url)}`, async () => {
      const dialling = dialTransport(url, { serializers: [new JsonSerializer()] })
      await expect(dialling).rejects.toMatchObject({
        name: 'ApiMisuse',
        message: expect.stringContaining("a router's URL begins with one of ws, wss"),
      })
    })
})
