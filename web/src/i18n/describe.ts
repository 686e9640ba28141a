import { speech } from './language.svelte';
import { told } from './problems';

/** What a person is told about any failure, in the language of the pages. */
export function describe(error: unknown): string {
  return told(error, speech.language);
}
