// Shows what is pushed to this browser, also when no page of Reel is open. It fetches nothing and keeps nothing.

self.addEventListener('push', (event) => {
  const { title, text, link, tag } = read(event.data);
  // The same message twice has the same tag, and is shown once.
  const options = { body: text, tag, icon: './icon.svg', data: { link } };
  event.waitUntil(self.registration.showNotification(title, options));
});

self.addEventListener('notificationclick', (event) => {
  event.notification.close();
  event.waitUntil(show(event.notification.data?.link));
});

function read(data) {
  try {
    const { title, text, link, tag } = data.json();
    return { title: String(title), text: String(text), link, tag: String(tag) };
  } catch {
    return { title: 'Reel', text: '', link: null, tag: 'reel' };
  }
}

/** A page of Reel at a link, the one that is open where there is one. Links lead to places within the page only. */
async function show(link) {
  const place = typeof link === 'string' && link.startsWith('#/') ? link : '#/inbox';
  const url = new URL(place, self.registration.scope).href;
  const pages = await self.clients.matchAll({ type: 'window', includeUncontrolled: true });
  const page = pages.find((page) => page.url.startsWith(self.registration.scope));
  if (!page) return self.clients.openWindow(url);
  await page.focus();
  return page.navigate(url).catch(() => self.clients.openWindow(url));
}
