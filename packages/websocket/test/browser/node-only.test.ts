import { expect, it } from 'vitest'
import * as nodeOnly from '../../src/browser/node-only.ts'

it('throws ApiMisuse that names the function, whatever it is called with', () => {
  for (const [name, call] of Object.entries(nodeOnly)) {
    const misuse = expect.objectContaining({ name: 'ApiMisuse', message: expect.stringContaining(`${name} needs Node`) })
    expect(() => call({ port: 9000 }, {})).toThrow(misuse)
  }
})
