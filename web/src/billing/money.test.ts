import { describe, expect, it } from 'vitest';
import { money, percent } from './money';

describe('amounts', () => {
  it('have as many digits as their currency', () => {
    expect(money(1399, 'EUR', 'en')).toBe('€13.99');
    expect(money(1399, 'EUR', 'de').replace(/\s/g, ' ')).toBe('13,99 €');
    expect(money(1590, 'JPY', 'en')).toBe('¥1,590');
    expect(money(-500, 'USD', 'en')).toBe('-$5.00');
  });

  it('have taxes in percent', () => {
    expect(percent(1900, 'en')).toBe('19%');
    expect(percent(550, 'en')).toBe('5.5%');
  });
});
