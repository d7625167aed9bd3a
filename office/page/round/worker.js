// The page's own files, so that it opens without a line; and sending in the background where the browser can.
// The desk puts VERSION and FILES before this text. Answers of /v1 are never kept here: what the phone keeps is in keep.js.
import {sendAll} from '/page/round/send.js';

const CACHE = `linli-round-${VERSION}`;
const known = new Set(FILES);

self.addEventListener('install', (event) => {
  event.waitUntil(caches.open(CACHE)
    .then((cache) => cache.addAll(FILES.map((file) => new Request(file, {cache: 'reload'}))))
    .then(() => self.skipWaiting()));
});

self.addEventListener('activate', (event) => {
  event.waitUntil(caches.keys()
    .then((names) => Promise.all(names.filter((name) => name.startsWith('linli-round-') && name !== CACHE).map((name) => caches.delete(name))))
    .then(() => self.clients.claim()));
});

self.addEventListener('fetch', (event) => {
  const {pathname, origin} = new URL(event.request.url);
  if (event.request.method !== 'GET' || origin !== self.location.origin || !known.has(pathname)) return;
  event.respondWith(caches.open(CACHE)
    .then((cache) => cache.match(pathname))
    .then((answer) => answer || fetch(event.request)));
});

self.addEventListener('sync', (event) => {
  if (event.tag === 'linli-round') event.waitUntil(sendAll().then((became) => { if (became === 'offline' || became === 'later') throw new Error(became); }));
});
