/** Writes src/api/schema.d.ts from the document of the API on standard input, as `reel openapi` prints it. */
import { compile } from 'json-schema-to-typescript';
import { readFileSync, writeFileSync } from 'node:fs';

const options = {
  additionalProperties: false,
  bannerComment: '/* The types of the API. Made by script/build. */',
  ignoreMinAndMaxItems: true,
  style: { singleQuote: true },
  unreachableDefinitions: true,
};

const document = JSON.parse(readFileSync(0, 'utf8'));
const definitions = JSON.parse(JSON.stringify(document.components.schemas), joined);
const types = await compile({ title: 'Api', type: 'object', definitions }, 'Api', options);
writeFileSync('src/api/schema.d.ts', types.replaceAll(/ \*\n \* This interface was referenced[^]*?\n \*\/\n/g, ' */\n'));

/** References as the compiler knows them: to definitions, and with nothing beside them. */
function joined(_key, value) {
  if (typeof value?.$ref !== 'string') return value;
  const { $ref, ...beside } = value;
  const reference = { $ref: $ref.replace('#/components/schemas/', '#/definitions/') };
  const described = Object.keys(beside).every((key) => key === 'description');
  return described ? { ...reference, ...beside } : { allOf: [reference, beside] };
}
