import { mount } from 'svelte';
import App from './shell/App.svelte';
import { router } from './routing/router.svelte';
import { speech } from './i18n/language.svelte';
import { useLanguages } from './api/transport';
import { session } from './session/session.svelte';
import './theme/theme.css';
import './theme/base.css';

// Titles are told in the language of the pages, where they are known in it.
useLanguages(() => [speech.language, ...navigator.languages]);
router.start();
void session.restore();
mount(App, { target: document.getElementById('app') as HTMLElement });
