import * as v from 'valibot'
import { expect, expectTypeOf, it } from 'vitest'
import { talk } from '../conversation/talk.ts'

const Move = v.object({ from: v.string(), at: v.pipe(v.string(), v.transform(Number)) })
const Later = v.pipeAsync(
  v.string(),
  v.checkAsync(async text => text !== 'no', 'not no'),
)

it('reads JSON with a schema of Valibot, typed by it', async () => {
  const { ws } = await talk(async server => {
    await server.sendJson({ from: 'e2', at: '7', more: true })
    await server.sendJson({ from: 'e4', at: '8' })
  })
  const moves: v.InferOutput<typeof Move>[] = []
  for await (const move of ws.json(Move)) {
    expectTypeOf(move).toEqualTypeOf<{ from: string; at: number }>()
    moves.push(move)
  }
  expect(moves).toEqual([
    { from: 'e2', at: 7 },
    { from: 'e4', at: 8 },
  ])
})

it('names the part that does not fit, also for a schema that takes its time', async () => {
  for (const [schema, value, reason] of [
    [Move, { from: 'e2', at: 5 }, 'the message does not fit its schema: at: Invalid type: Expected string but received 5'],
    [Later, 'no', 'the message does not fit its schema: not no'],
  ] as const) {
    const { ws, server } = await talk(other => other.sendJson(value).then(() => other.closed))
    await expect(ws.receiveJson(schema as typeof Move)).rejects.toMatchObject({
      cause: { name: 'MessageRefused', issues: [expect.anything()] },
    })
    expect(await server.closed).toMatchObject({ code: 1008, reason })
  }
})
