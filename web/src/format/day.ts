/** A moment given in RFC 3339, as a day for reading: `26 Nov 2026`. */
export function day(moment: string, language: string): string {
  return new Intl.DateTimeFormat(language, { dateStyle: 'medium' }).format(new Date(moment));
}
