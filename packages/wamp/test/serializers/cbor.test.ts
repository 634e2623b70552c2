import { CborSerializer } from '../../src/serializers/cbor.ts'
import { testSerializer } from '../fixtures/serializer-suite.ts'

testSerializer(limits => new CborSerializer(limits))
