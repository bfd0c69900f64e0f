/** Numbers and names in words. @module */
import { describe, expect, it } from 'vitest';
import {
  byteSize,
  counted,
  grouped,
  listed,
  percent,
  percentLabel,
  possessive,
} from '../../src/ui/words.ts';

describe('words', () => {
  it('a figure has a thin space before the percent sign, a label an ordinary one', () => {
    expect(percent(0.683)).toBe('68.3\u202f%');
    expect(percentLabel(0.943)).toBe('94.3 %');
  });
  it('thousands are set apart, and minus is a minus', () => {
    expect(grouped(3_422_715_331)).toBe('3\u2009422\u2009715\u2009331');
    expect(grouped(-1_200)).toBe('\u22121\u2009200');
    expect(grouped(999)).toBe('999');
  });
  it('counts are words up to twelve and agree with their noun', () => {
    expect(counted(1, 'reading')).toBe('one reading');
    expect(counted(12, 'reading')).toBe('twelve readings');
    expect(counted(13, 'reading')).toBe('13 readings');
    expect(counted(0, 'reading')).toBe('no readings');
  });
  it('bytes come in the unit that keeps them short', () => {
    expect(byteSize(999)).toBe('999 B');
    expect(byteSize(12_400)).toBe('12.4 kB');
    expect(byteSize(1_500_000)).toBe('1.5 MB');
  });
  it('people are listed as a person would', () => {
    expect(listed([])).toBe('');
    expect(listed(['Dov'])).toBe('Dov');
    expect(listed(['Dov', 'Emi', 'Farid'])).toBe('Dov, Emi and Farid');
    expect(possessive('Dov')).toBe('Dov’s');
    expect(possessive('Ines')).toBe('Ines’');
  });
});
