import { MsgpackSerializer } from '../../src/serializers/msgpack.ts'
import { testSerializer } from '../fixtures/serializer-suite.ts'

testSerializer(limits => new MsgpackSerializer(limits))
