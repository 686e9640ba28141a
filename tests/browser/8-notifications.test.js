import assert from 'node:assert/strict';
import { open, PHONE, signedUp, visit } from './browser.js';
import { BASE } from './platform.js';

visit('what a viewer is told about is chosen, and stays so', async (page) => {
  await signedUp(page);
  await open(page, '#/notifications');
  await page.getByRole('heading', { name: 'What you are told about' }).waitFor();
  const reminders = page.getByRole('checkbox', { name: 'Continue watching by E-mail' });
  assert.equal(await reminders.isChecked(), true);
  // Letters about security cannot be ended; pushes can.
  assert.equal(await page.getByRole('checkbox', { name: 'Security by E-mail' }).count(), 0);
  assert.equal(await page.getByRole('checkbox', { name: 'Security by Push' }).isChecked(), true);
  await reminders.focus();
  await page.keyboard.press('Space');
  await page.getByLabel('Language of letters and pushes').selectOption('de');
  await page.getByText('Saved.').waitFor();
  await page.reload();
  await reminders.waitFor();
  assert.equal(await reminders.isChecked(), false);
  assert.equal(await page.getByLabel('Language of letters and pushes').inputValue(), 'de');
});

visit('the bell leads to an inbox that says what would be in it', async (page) => {
  await signedUp(page);
  await open(page);
  await page.getByRole('link', { name: 'Notifications' }).click();
  await page.getByRole('heading', { name: 'Notifications', exact: true }).waitFor();
  await page.getByRole('heading', { name: 'Nothing here yet' }).waitFor();
  assert.match(page.url(), /#\/inbox$/);
}, { device: PHONE });

visit('what is pushed is shown once, and nothing that is pushed leads elsewhere', async (page) => {
  await page.context().grantPermissions(['notifications'], { origin: new URL(BASE).origin });
  await signedUp(page);
  await open(page);
  const cdp = await page.context().newCDPSession(page);
  const registered = new Promise((found) => cdp.on('ServiceWorker.workerRegistrationUpdated', ({ registrations }) => {
    const ours = registrations.find((registration) => registration.scopeURL === BASE);
    if (ours) found(ours.registrationId);
  }));
  await cdp.send('ServiceWorker.enable');
  await page.evaluate(async () => {
    await navigator.serviceWorker.register(new URL('push.js', document.baseURI), { scope: new URL('./', document.baseURI) });
    await navigator.serviceWorker.ready;
  });
  const registrationId = await registered;
  const push = (message) => cdp.send('ServiceWorker.deliverPushMessage', {
    origin: new URL(BASE).origin, registrationId, data: JSON.stringify(message),
  });
  const message = { title: 'Continue watching Dark', text: 'It goes on.', link: 'https://elsewhere.example/', tag: 'a' };
  await push(message);
  await push(message);
  await push({ ...message, title: 'Another', tag: 'b' });
  const shown = await page.evaluate(async () => {
    const registration = await navigator.serviceWorker.ready;
    for (let tries = 0; tries < 100; tries += 1) {
      const notifications = await registration.getNotifications();
      if (notifications.length >= 2) return notifications.map(({ title, body, tag }) => ({ title, body, tag }));
      await new Promise((again) => setTimeout(again, 100));
    }
    return [];
  });
  shown.sort((a, b) => a.tag.localeCompare(b.tag));
  assert.deepEqual(shown, [
    { title: 'Continue watching Dark', body: 'It goes on.', tag: 'a' },
    { title: 'Another', body: 'It goes on.', tag: 'b' },
  ]);
});
