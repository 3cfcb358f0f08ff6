// A program as an NMS in JavaScript might be: reads commands as lines of JSON, answers each with one.
//   {"op": "decode", "message": BASE64}    what the message says
//   {"op": "reencode", "message": BASE64}  the message again, decoded and encoded here
//   {"op": "register", "subject": S, "schema": JSON}   the schema's id
//   {"op": "announce", "subject": S}       a message that was made here
import { createInterface } from 'node:readline';
import confluent from '@kafkajs/confluent-schema-registry';
import avro from 'avsc';

// A number of JavaScript's holds 53 bits, one of Avro's 64.
const long = avro.types.LongType.__with({
  fromBuffer: (bytes) => bytes.readBigInt64LE(),
  toBuffer: (n) => {
    const bytes = Buffer.alloc(8);
    bytes.writeBigInt64LE(BigInt(n));
    return bytes;
  },
  fromJSON: BigInt,
  toJSON: String,
  isValid: (n) => typeof n === 'bigint' || Number.isSafeInteger(n),
  compare: (a, b) => (a < b ? -1 : a > b ? 1 : 0),
});

const isLong = (schema) => schema === 'long' || schema.type === 'long';

const registry = new confluent.SchemaRegistry(
  { host: process.argv[2] },
  { [confluent.SchemaType.AVRO]: { typeHook: (schema) => (isLong(schema) ? long : undefined) } },
);

const announcement = {
  eventId: 'made-in-javascript',
  cluster: 'c',
  occurredAt: 1_700_000_000_123n,
  source: 'roundtrip.mjs',
  payload: {
    'org.pointsman.avro.TunnelAnnounce': {
      tunnel: 't-1',
      outerAddresses: ['192.0.2.7', '2001:db8::7'],
      innerSubnets: ['10.1.2.0/28'],
      expectedBitsPerSecond: 9_007_199_254_740_993n,
    },
  },
};

const operations = {
  async decode({ message }) {
    return { value: await registry.decode(Buffer.from(message, 'base64')) };
  },
  async reencode({ message }) {
    const bytes = Buffer.from(message, 'base64');
    const again = await registry.encode(bytes.readInt32BE(1), await registry.decode(bytes));
    return { message: again.toString('base64') };
  },
  async register({ subject, schema }) {
    const { id } = await registry.register(
      { type: confluent.SchemaType.AVRO, schema },
      { subject },
    );
    return { id };
  },
  async announce({ subject }) {
    const id = await registry.getLatestSchemaId(subject);
    return { message: (await registry.encode(id, announcement)).toString('base64') };
  },
};

for await (const line of createInterface({ input: process.stdin })) {
  const command = JSON.parse(line);
  let answer;
  try {
    answer = await operations[command.op](command);
  } catch (error) {
    answer = { error: String(error) };
  }
  console.log(JSON.stringify(answer, (_, v) => (typeof v === 'bigint' ? String(v) : v)));
}
