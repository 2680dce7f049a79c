/* Keeps the page of the room as a participant's phone shows it now, and the files that it needs, so
   that room-worker.js can show it when the phone reloads without a network. Only whoever is in the
   room has a page to keep: on the way in, what was kept of it goes, as it does without a worker. */
(function (d) {
  var part = d.getElementById('part');
  if (!part || !isAllowed()) return;

  var here = '/j/' + part.getAttribute('data-code');
  var cacheName = 'room-' + part.getAttribute('data-code');
  var OLD = 'Waiting for the network. This is the last page that this phone has seen.';
  var turn = Promise.resolve();

  function isAllowed() {
    try { return Boolean(window.caches && navigator.serviceWorker); } catch (e) { return false; }
  }

  // One after the other: the last page that was shown is the last that is written.
  function note() {
    var screen = part.querySelector('.screen');
    if (!screen || location.pathname !== here || part.querySelector('.govuk-error-summary')) return;
    var isIn = screen.hasAttribute('data-round'), text = isIn && pageNow();
    turn = turn.then(function () { return isIn ? keep(text).then(hasWorker) : false; })
      .then(function (isOfUse) { return isOfUse || caches.delete(cacheName); })
      .catch(function () { /* the phone does not let us: reloading needs a network, as before */ });
  }

  function hasWorker() { return navigator.serviceWorker.getRegistration('/j/'); }

  function pageNow() {
    var copy = d.documentElement.cloneNode(true);
    copy.querySelector('#part').setAttribute('data-kept', '');
    copy.querySelector('[data-said]').textContent = OLD;
    copy.querySelector('[data-new]').textContent = '';
    return '<!doctype html>\n' + copy.outerHTML;
  }

  // Since when: its time runs from the first page after joining, as that of the cookie does.
  function keep(text) {
    return caches.open(cacheName).then(function (cache) {
      return cache.match(here).then(function (before) {
        var since = before ? before.headers.get('X-Since') : String(Date.now());
        return cache.put(here, new Response(text, { headers: { 'X-Since': since } }));
      }).then(function () { return Promise.all(files().map(function (file) { return keepFile(cache, file); })); });
    });
  }

  // Their names carry a hash of what they hold, so that one is asked for once.
  function files() {
    var found = d.querySelectorAll('link[href^="/assets/"], script[src^="/assets/"]');
    return Array.prototype.map.call(found, function (one) { return one.getAttribute('href') || one.getAttribute('src'); });
  }

  function keepFile(cache, file) {
    return cache.match(file).then(function (found) { return found || cache.add(file); });
  }

  d.addEventListener('room:shown', note);
  if (part.hasAttribute('data-kept')) return;
  // A worker that showed this page is there, or is just leaving: to register it would hold it back.
  if (navigator.serviceWorker.controller || !part.querySelector('[data-round]')) return note();
  navigator.serviceWorker.register('/j/worker.js', { scope: '/j/' }).then(note, note);
})(document);
