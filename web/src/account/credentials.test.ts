import { expect, it } from 'vitest';
import { faultsOf as faults } from './credentials';
import { texts } from './texts';

const faultsOf = (email: string, password: string, isNew: boolean) => faults(email, password, isNew, texts.en);

it('names what is wrong with each field', () => {
  expect(faultsOf('', '', false)).toEqual({ email: 'Enter your e-mail address.', password: 'Enter your password.' });
  expect(faultsOf('name', 'long enough', true).email).toContain('name@example.com');
  expect(faultsOf('a@b.example', 'short', true).password).toContain('8 characters');
  expect(faultsOf('a@b.example', '🐇'.repeat(8), true)).toEqual({});
});

it('lets an old short password try', () => {
  expect(faultsOf('a@b.example', 'short', false)).toEqual({});
});
