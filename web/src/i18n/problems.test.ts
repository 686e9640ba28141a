import { expect, it } from 'vitest';
import { Problem } from '../api/problem';
import { told } from './problems';

it('says in the language of the pages what is known here, and else what the platform said', () => {
  const common = new Problem(400, 'common-password', 'Many people have this password.');
  const other = new Problem(400, 'invalid', 'The year is 12.');
  expect([common, other].map((problem) => told(problem, 'en'))).toEqual([common.message, other.message]);
  expect(told(common, 'de')).toMatch(/^Dieses Passwort haben viele/);
  expect(told(other, 'de')).toBe(other.message);
  expect(told(new Error('x'), 'de')).toMatch(/^In dieser Seite/);
});
