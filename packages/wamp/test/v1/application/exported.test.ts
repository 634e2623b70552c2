import { describe, expect, it } from 'vitest'
import {
  exportedProcedures,
  exportedPublishHandlers,
  exportedSubscribeHandlers,
  exportPub,
  exportRpc,
  exportSub,
} from '../../../src/v1/application/exported.ts'

class Service {
  @exportRpc
  plain(): number {
    return 1
  }

  @exportRpc()
  called(): number {
    return 2
  }

  @exportRpc('other-id')
  named(): number {
    return 3
  }

  hidden(): number {
    return 4
  }

  @exportSub('news', { prefixMatch: true })
  maySubscribe(): boolean {
    return true
  }

  @exportPub('news')
  published(_prefix: string, _suffix: string, event: unknown): unknown {
    return event
  }
}

class Derived extends Service {
  override plain(): number {
    return 10
  }

  @exportRpc
  own(): number {
    return 5
  }
}

describe('@exportRpc', () => {
  it('exports under the name of the method, or the id it is given', () => {
    expect(exportedProcedures(new Service()).map(({ name, id }) => [name, id])).toEqual([
      ['plain', 'plain'],
      ['called', 'called'],
      ['named', 'other-id'],
    ])
  })

  it('exports inherited methods, but not an override without a decorator of its own', () => {
    expect(exportedProcedures(new Derived()).map(({ id }) => id)).toEqual(['own', 'called', 'other-id'])
  })

  it('finds nothing on an object without decorators', () => {
    const object = {
      plain: () => 1,
      get bad() {
        throw new Error('a getter was read')
      },
    }
    expect(() => exportedProcedures(object)).toThrow('the object has no method with @exportRpc')
  })

  it('exports those methods alone that are named', () => {
    expect(exportedProcedures(new Service(), ['named']).map(({ id }) => id)).toEqual(['other-id'])
    expect(() => exportedProcedures(new Service(), ['hidden'])).toThrow('the object has no method hidden with @exportRpc')
  })

  it('refuses anything but methods', () => {
    expect(() => exportRpc(7 as unknown as string)).toThrow('@exportRpc takes a string, and not number')
    const decorate = exportRpc('id') as (method: unknown, context: unknown) => void
    expect(() => decorate(class {}, { kind: 'class' })).toThrow(/standard decorator of methods/)
    expect(() => decorate({}, 'name')).toThrow(/experimentalDecorators/)
    expect(() => decorate(() => 1, { kind: 'method', static: true, private: false })).toThrow(/neither static nor private/)
  })
})

describe('@exportSub and @exportPub', () => {
  it('export under an id, for one topic or for all that begin with it', () => {
    expect(exportedSubscribeHandlers(new Service())).toMatchObject([{ name: 'maySubscribe', id: 'news', prefixMatch: true }])
    expect(exportedPublishHandlers(new Service())).toMatchObject([{ name: 'published', id: 'news', prefixMatch: false }])
  })
})
