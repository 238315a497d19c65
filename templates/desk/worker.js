// Keeps the installed page, so that it opens without a connection. It keeps nothing of any person.
"use strict";
const CACHE = "desk-{{ version }}";
const PAGE = "{{ page|escapejs }}";
const FILES = {{ files|safe }};
const PATIENCE = 4000; // ms: a connection that answers no sooner is none

self.addEventListener("install", (event) => {
  event.waitUntil(
    caches.open(CACHE)
      .then((cache) => cache.addAll([PAGE, ...FILES].map((path) => new Request(path, { cache: "reload" }))))
      .then(() => self.skipWaiting())
  );
});

self.addEventListener("activate", (event) => {
  event.waitUntil(
    caches.keys()
      .then((names) => Promise.all(names.filter((name) => name !== CACHE).map((name) => caches.delete(name))))
      .then(() => self.clients.claim())
  );
});

self.addEventListener("fetch", (event) => {
  const path = new URL(event.request.url).pathname;
  if (event.request.method === "GET" && (path === PAGE || FILES.includes(path))) {
    event.respondWith(fresh(event.request, path));
  }
});

// From the server if it answers in time, else as it was kept. Signed out, the server leads to the door.
async function fresh(request, path) {
  const cache = await caches.open(CACHE);
  const kept = await cache.match(path);
  const asked = fetch(request).then(async (response) => {
    if (response.ok && !response.redirected) await cache.put(path, response.clone());
    return response;
  });
  if (!kept) return asked;
  const late = new Promise((resolve) => { setTimeout(resolve, PATIENCE, kept); });
  return Promise.race([asked.catch(() => kept), late]);
}
