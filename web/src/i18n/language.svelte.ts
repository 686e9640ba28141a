/** A language that the pages speak, as BCP 47 has it. */
export type Language = 'en' | 'de';

/** What each language calls itself. */
export const LANGUAGES: Record<Language, string> = { en: 'English', de: 'Deutsch' };

/** The same texts in every language. */
export type Texts<T> = Record<Language, T>;

const KEPT = 'reel-language';

/** The language of the pages: the one that was chosen here, else the browser's, else English. */
class Speech {
  #language = $state<Language>('en');

  constructor() {
    this.#use(known(kept()) ?? navigator.languages.map(known).find((language) => language !== null) ?? 'en');
  }

  get language(): Language {
    return this.#language;
  }

  /** Speaks this language from now on, also after the page is loaded anew. */
  choose(language: Language): void {
    this.#use(language);
    try {
      localStorage.setItem(KEPT, language);
    } catch {
      // Without storage it holds until the page goes.
    }
  }

  /** What is to be read now. In a component: `const t = $derived(speech.of(texts))`. */
  of<T>(texts: Texts<T>): T {
    return texts[this.#language];
  }

  #use(language: Language): void {
    this.#language = language;
    document.documentElement.lang = language;
  }
}

/** The language of ours that a tag means: `de-AT` is `de`. */
export function known(tag: string | null): Language | null {
  const language = tag?.toLowerCase().split('-')[0] ?? '';
  return language in LANGUAGES ? (language as Language) : null;
}

function kept(): string | null {
  try {
    return localStorage.getItem(KEPT);
  } catch {
    return null;
  }
}

export const speech = new Speech();
