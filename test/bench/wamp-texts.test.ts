import { describe, expect, it } from 'vitest'
import { texts } from '../../bench/wamp/texts.mjs'
import { wampOptions } from '../../packages/wamp/src/v1/ports/options.ts'
import { measureText } from '../../packages/wamp/src/v1/serializers/measure-text.ts'
import { defaultsOf } from '../../packages/websocket/src/portable.ts'

describe('the texts that npm run wamp-texts measures', () => {
  for (const [name, make, isAllowed] of texts) {
    it(`are ${isAllowed ? 'within' : 'above'} the default limits: ${name}`, () => {
      const text = (make as () => string)()
      expect(text.length).toBeLessThanOrEqual(1024 * 1024)
      const measured = (): number => measureText(text, defaultsOf(wampOptions))
      if (isAllowed) expect(measured()).toBeGreaterThan(0)
      else expect(measured).toThrow(/^the message (is nested deeper than 64|has more than 262144 parts)$/)
    })
  }
})
