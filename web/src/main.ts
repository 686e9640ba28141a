import { mount } from 'svelte';
import App from './shell/App.svelte';
import { router } from './routing/router.svelte';
import { session } from './session/session.svelte';
import './theme/theme.css';
import './theme/base.css';

router.start();
void session.restore();
mount(App, { target: document.getElementById('app') as HTMLElement });
