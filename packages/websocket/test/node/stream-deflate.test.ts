import { streamDeflate } from '../../src/node/stream-deflate.ts'
import { testDeflate } from './deflate-suite.ts'

testDeflate('zlib streams', streamDeflate)
