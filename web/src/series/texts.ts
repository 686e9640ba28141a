import type { Texts } from '../i18n/language.svelte';

const en = {
  seasons: 'Seasons',
  season: (number: number) => (number === 0 ? 'Specials' : `Season ${number}`),
  episode: (season: number, number: number) => `S${season} E${number}`,
  playFirst: (place: string) => `Play ${place}`,
  goOn: (place: string) => `Continue with ${place}`,
  none: 'Its episodes are not there yet.',
  nextUp: 'Next episode',
  playNext: 'Play now',
  stay: 'Stay here',
  in: (seconds: number) => `Begins in ${seconds} s`,
  partOf: 'Part of',
  as: (name: string, character: string) => `${name} (${character})`,
  trailers: 'Trailers',
};

const de: typeof en = {
  seasons: 'Staffeln',
  season: (number) => (number === 0 ? 'Extras' : `Staffel ${number}`),
  episode: (season, number) => `S${season} F${number}`,
  playFirst: (place) => `${place} abspielen`,
  goOn: (place) => `Weiter mit ${place}`,
  none: 'Ihre Folgen sind noch nicht da.',
  nextUp: 'Nächste Folge',
  playNext: 'Jetzt abspielen',
  stay: 'Hier bleiben',
  in: (seconds) => `Beginnt in ${seconds} s`,
  partOf: 'Gehört zu',
  as: (name, character) => `${name} (${character})`,
  trailers: 'Trailer',
};

export const texts: Texts<typeof en> = { en, de };
