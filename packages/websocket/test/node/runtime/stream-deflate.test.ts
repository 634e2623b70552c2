import { streamDeflate } from '../../../src/node/runtime/stream-deflate.ts'
import { testDeflate } from '../deflate-suite.ts'

testDeflate('zlib streams', streamDeflate)
