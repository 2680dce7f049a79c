/* The worker of /j/, which /j/worker.js starts with what it needs in `self.room`. The network is
   always asked first. Where it is dead, the page of this room that the phone saw last is shown, as
   room-kept.js keeps it, or a plain page that tries again. Nothing that the site answers is kept
   here but the files of that plain page. */
(function (w) {
  var FILES = w.room.files, HEADERS = w.room.headers, PLAIN = w.room.page;
  var OWN = 'rooms', ROOM = /^room-/, KEPT_MS = 12 * 60 * 60 * 1000, PATIENCE_MS = 10000;

  w.addEventListener('install', function (event) {
    w.skipWaiting();
    event.waitUntil(storage(function (all) {
      return all.open(OWN).then(function (cache) { return cache.addAll(FILES); });
    }));
  });

  w.addEventListener('activate', function (event) { event.waitUntil(Promise.all([forgetFiles(), forgetOld()])); });

  w.addEventListener('fetch', function (event) {
    var asked = event.request, url = new URL(asked.url);
    if (asked.method !== 'GET' || url.origin !== w.location.origin) return;
    if (url.pathname.indexOf('/assets/') === 0) event.respondWith(file(asked));
    else if (asked.mode === 'navigate' && /^\/j\/[^\/]+$/.test(url.pathname)) event.respondWith(page(event, url.pathname));
  });

  // A phone may refuse us its storage: then all goes on as if nothing were kept.
  function storage(use) {
    return Promise.resolve().then(function () { return use(w.caches); }).catch(function () { return null; });
  }

  // A name with a hash stands for the same bytes wherever they come from.
  function file(asked) {
    return storage(function (all) { return all.match(asked); }).then(function (found) { return found || fetch(asked); });
  }

  // A network may also be there and carry nothing; after a while what is kept is better than waiting.
  function page(event, path) {
    var answer = fetch(event.request);
    var late = new Promise(function (done) { setTimeout(done, PATIENCE_MS); })
      .then(function () { return kept(path); }).then(function (found) { return found || answer; });
    event.waitUntil(answer.then(function (told) { return noticed(path, told.status); }, function () { /* it is dead */ }));
    return Promise.race([answer, late]).catch(function () {
      return kept(path).then(function (found) { return found || shown(PLAIN); });
    });
  }

  function shown(text) { return new Response(text, { headers: HEADERS }); }

  function kept(path) {
    return storage(function (all) {
      return all.match(path, { cacheName: nameOf(path) }).then(function (found) {
        return found && !isOld(found) ? found.text().then(shown) : null;
      });
    });
  }

  function nameOf(path) { return 'room-' + path.split('/')[2]; }
  function isOld(page) { return !(Date.now() - Number(page.headers.get('X-Since')) < KEPT_MS); }

  // The network is there: a room that is over is forgotten, and perhaps this worker is wanted no more.
  function noticed(path, status) {
    var isOver = status === 404 || status === 410;
    return storage(function (all) { return isOver ? all.delete(nameOf(path)) : null; }).then(forgetOld).then(leaveIfUnwanted);
  }

  function forgetOld() {
    return eachRoom(function (all, name) {
      return all.match('/j/' + name.replace(ROOM, ''), { cacheName: name }).then(function (found) {
        return found && isOld(found) ? all.delete(name) : null;
      });
    });
  }

  function eachRoom(act) {
    return storage(function (all) {
      return all.keys().then(function (names) {
        return Promise.all(names.filter(function (name) { return ROOM.test(name); }).map(function (name) { return act(all, name); }));
      });
    });
  }

  // Those of an earlier release.
  function forgetFiles() {
    return storage(function (all) {
      return all.open(OWN).then(function (cache) {
        return cache.keys().then(function (asked) {
          return Promise.all(asked.filter(function (one) { return FILES.indexOf(new URL(one.url).pathname) < 0; })
            .map(function (one) { return cache.delete(one); }));
        });
      });
    });
  }

  // Browsers ask for a newer worker by themselves, but keep the old one where there is none any more.
  function leaveIfUnwanted() {
    return fetch(w.location.pathname, { cache: 'no-cache' }).then(function (told) {
      if (told.status !== 404 && told.status !== 410) return null;
      return w.registration.unregister()
        .then(function () { return eachRoom(function (all, name) { return all.delete(name); }); })
        .then(function () { return storage(function (all) { return all.delete(OWN); }); });
    }, function () { /* nobody knows; it stays */ });
  }
})(self);
