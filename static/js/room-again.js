/* The page that room-worker.js shows where nothing of the room is kept: it asks for the room until
   somebody answers, and says that an answer is kept only where one is. */
(function (d) {
  var waiting = d.querySelector('[data-waiting]');
  if (!waiting) return;

  var FIRST_MS = 2000, LONGEST_MS = 30000;
  var beginning = 'room-' + location.pathname.split('/')[2] + ':send:';
  var failures = 0, timer;

  try {
    waiting.hidden = !Object.keys(localStorage).some(function (name) { return name.indexOf(beginning) === 0; });
  } catch (e) { /* nothing can be kept on this phone */ }

  function later(ms) {
    clearTimeout(timer);
    timer = setTimeout(ask, ms * (0.5 + Math.random())); // many phones wait for the same network
  }

  function ask() {
    fetch(location.pathname + '/state', { cache: 'no-store' }).then(function () { location.reload(); }, function () {
      failures += 1;
      later(Math.min(LONGEST_MS, FIRST_MS * Math.pow(2, failures)));
    });
  }

  window.addEventListener('online', function () { later(1000); });
  later(FIRST_MS);
})(document);
