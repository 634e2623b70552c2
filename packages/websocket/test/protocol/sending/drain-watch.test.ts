import { describe, expect, it } from 'vitest'
import { DrainWatch } from '../../../src/protocol/sending/drain-watch.ts'

describe('DrainWatch', () => {
  it('asks the transport once until that answers', () => {
    const { watch, asked } = make()
    watch.ask()
    watch.ask()
    expect({ asked: asked(), isAsking: watch.isAsking }).toEqual({ asked: 1, isAsking: true })
    watch.transportDrained()
    expect(watch.isAsking).toBe(false)
    watch.ask()
    expect(asked()).toBe(2)
  })

  it('calls callbacks that were added before it asked, and says whether others wait', () => {
    const { watch } = make()
    const called: string[] = []
    watch.whenGone(() => called.push('before'))
    watch.ask()
    watch.whenGone(() => called.push('behind'))
    expect({ othersWait: watch.transportDrained(), called }).toEqual({ othersWait: true, called: ['before'] })
    watch.ask()
    expect({ othersWait: watch.transportDrained(), called }).toEqual({ othersWait: false, called: ['before', 'behind'] })
  })
})

function make(): { watch: DrainWatch; asked(): number } {
  let asked = 0
  return { watch: new DrainWatch({ notifyDrained: () => void asked++ }), asked: () => asked }
}
