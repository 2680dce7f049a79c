/* The trainer's two screens: ask every two seconds what changed and swap those parts, count the
   timer, and let single keys press the buttons. Without it the Refresh link and the buttons do. */
(function (d) {
  var EVERY = 2000, HIDDEN = 15000, SLOWEST = 30000, KEYS_OFF = 'presenter-keys-off', PRESSED = 'presenter-pressed';
  var address = d.body.getAttribute('data-state');
  var lost = d.querySelector('[data-lost]'), said = d.querySelector('[data-said]');
  var tag = '', failures = 0, spoken = '', spokenAt = 0, skew = 0, shown = {}, timer;

  // --- what changed

  function wait() {
    var pause = d.hidden ? HIDDEN : Math.min(SLOWEST, EVERY * Math.pow(2, failures));
    clearTimeout(timer);
    timer = setTimeout(ask, pause * (0.85 + Math.random() * 0.3));
  }

  function ask() {
    var headers = { Accept: 'application/json' };
    if (tag) headers['If-None-Match'] = tag;
    fetch(address, { headers: headers, credentials: 'same-origin', cache: 'no-store' }).then(function (answer) {
      var date = Date.parse(answer.headers.get('Date') || '');
      if (date) skew = date - Date.now();
      if (answer.status === 304) return null;
      if (!answer.ok) throw new Error(String(answer.status));
      return answer.json().then(function (state) { if (show(state)) tag = answer.headers.get('ETag') || ''; else tag = ''; });
    }).then(function () { failures = 0; tell(''); }, function () {
      failures += 1;
      if (failures > 1) tell('Not connected. This screen shows what was last known, and tries again by itself.');
    }).then(wait);
  }

  function tell(words) { if (lost && lost.textContent !== words) lost.textContent = words; }

  // True once every part shows this state; a part that somebody is busy in is left for later.
  function show(state) {
    var all = true, shape = state.shape;
    if (shape && shape !== d.body.getAttribute('data-shape')) {
      if (isBusy(d.body)) return false;
      location.replace(d.querySelector('[data-key="r"]').href);
      return true;
    }
    Object.keys(state.parts).forEach(function (name) {
      var part = d.querySelector('[data-part="' + name + '"]');
      if (part) all = swap(part, state.parts[name]) && all;
    });
    if (state.title) d.title = d.title.replace(/^.*(?= - )/, function () { return state.title; });
    speak(state.said || '');
    tick();
    return all;
  }

  function swap(part, html) {
    if (shown[part.getAttribute('data-part')] === html || isSame(part, html)) return true;
    if (isBusy(part)) return false;
    var held = part.contains(d.activeElement) ? d.activeElement.id : '';
    var open = Array.prototype.map.call(part.querySelectorAll('details[open][id]'), function (each) { return each.id; });
    part.innerHTML = html;
    shown[part.getAttribute('data-part')] = html;
    open.forEach(function (id) { var each = d.getElementById(id); if (each) each.open = true; });
    if (held && d.getElementById(held)) d.getElementById(held).focus({ preventScroll: true });
    keysButton();
    return true;
  }

  // What the page came with need not be drawn, and its hands not be dropped, a second time.
  function isSame(part, html) {
    var fresh = d.createElement('template');
    fresh.innerHTML = html;
    return fresh.innerHTML.trim() === part.innerHTML.trim();
  }

  // Typing, or something ticked, opened or not sent yet: it must not be taken away. A field with
  // nothing new in it gets the focus back in a part that is swapped, not on a page that is loaded.
  function isBusy(part) {
    var at = d.activeElement;
    if (at && part.contains(at) && isField(at) && (part === d.body || !at.id || at.value !== at.defaultValue)) return true;
    return Array.prototype.some.call(part.querySelectorAll('input, textarea'), function (field) {
      return field.type === 'checkbox' ? field.checked !== field.defaultChecked : field.type !== 'hidden' && field.value !== field.defaultValue;
    }) || !!part.querySelector('details[open]:not([id])');
  }

  function isField(at) {
    return at.isContentEditable || /^(TEXTAREA|SELECT)$/.test(at.tagName) || (at.tagName === 'INPUT' && !/^(button|submit|checkbox|radio)$/.test(at.type));
  }

  function speak(words) {
    if (!said || words === spoken || Date.now() - spokenAt < 5000) return;
    if (spoken || spokenAt) said.textContent = words;
    spoken = words;
    spokenAt = Date.now();
  }

  // --- the timer of the block

  function tick() {
    d.querySelectorAll('[data-timer]').forEach(function (clock) {
      var until = Math.round((Date.parse(clock.getAttribute('data-timer')) - Date.now() - skew) / 1000);
      var left = until + clock.getAttribute('data-minutes') * 60, isToCome = until > 1; // two clocks are never the same
      var much = isToCome ? until : Math.abs(left), words = Math.floor(much / 60) + ':' + ('0' + much % 60).slice(-2);
      clock.classList.add('is-counting');
      clock.classList.toggle('is-over', left < 0);
      clock.textContent = isToCome ? 'starts in ' + words : words + (left < 0 ? ' over' : ' left');
    });
  }

  // --- keys

  function keysAreOff() { try { return localStorage.getItem(KEYS_OFF) === '1'; } catch (e) { return false; } }

  function keysButton() {
    var button = d.querySelector('[data-keys-off]');
    if (!button) return;
    button.hidden = false;
    button.textContent = keysAreOff() ? 'Turn the keys on' : 'Turn the keys off';
  }

  d.addEventListener('click', function (event) {
    if (!event.target.closest('[data-keys-off]')) return;
    try { localStorage.setItem(KEYS_OFF, keysAreOff() ? '0' : '1'); } catch (e) { /* they stay as they are */ }
    keysButton();
  });

  d.addEventListener('keydown', function (event) {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || event.repeat || event.defaultPrevented) return;
    if (keysAreOff() || isField(event.target) || !/^[a-z]$/i.test(event.key)) return;
    var target = d.querySelector('[data-key="' + event.key.toLowerCase() + '"]:not([disabled])');
    if (!target) return;
    event.preventDefault();
    target.click();
  });

  // A button that was pressed has the focus again on the page that follows; twice does it once.
  d.addEventListener('submit', function (event) {
    var form = event.target, button = event.submitter || form.querySelector('button');
    if (form.hasAttribute('data-sent')) { event.preventDefault(); return; }
    form.setAttribute('data-sent', '');
    try { if (button && button.id) sessionStorage.setItem(PRESSED, button.id); } catch (e) { /* no place to keep it */ }
  });
  addEventListener('pageshow', function (event) {
    if (event.persisted) d.querySelectorAll('[data-sent]').forEach(function (form) { form.removeAttribute('data-sent'); });
  });
  try {
    var pressed = sessionStorage.getItem(PRESSED), again = pressed && d.getElementById(pressed);
    sessionStorage.removeItem(PRESSED);
    if (again && !d.querySelector('[role="alert"]')) again.focus({ preventScroll: true });
  } catch (e) { /* no place to keep it */ }

  // --- begin

  keysButton();
  tick();
  if (d.querySelector('[data-timer]') || d.querySelector('[data-part="foot"]')) setInterval(tick, 1000);
  d.addEventListener('visibilitychange', function () { if (!d.hidden) { clearTimeout(timer); ask(); } });
  if (address) wait();
})(document);
