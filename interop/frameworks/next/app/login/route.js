import { getIronSession } from 'iron-session'
import { cookies } from 'next/headers'
import { sessionOptions } from '../../session.mjs'

export async function POST(request) {
  const session = await getIronSession(await cookies(), sessionOptions)
  session.user = new URL(request.url).searchParams.get('name')
  await session.save()
  return new Response(null, { status: 204 })
}
