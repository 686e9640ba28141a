const BYTE_UNITS = ['B', 'kB', 'MB', 'GB', 'TB'];

/** An amount of bytes in decimal units: `8.4 MB`. */
export function bytes(count: number): string {
  let unit = 0;
  let amount = count;
  while (amount >= 1000 && unit < BYTE_UNITS.length - 1) {
    amount /= 1000;
    unit += 1;
  }
  const digits = unit === 0 || amount >= 100 ? 0 : 1;
  return `${amount.toFixed(digits)} ${BYTE_UNITS[unit]}`;
}

/** A bitrate given in bits a second: `2.80 Mbit/s`, `235 kbit/s`. */
export function bitrate(bitsPerSecond: number): string {
  if (bitsPerSecond >= 1e6) return `${(bitsPerSecond / 1e6).toFixed(2)} Mbit/s`;
  return `${Math.round(bitsPerSecond / 1e3)} kbit/s`;
}
