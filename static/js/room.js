/* A participant's phone. What was pressed is kept by room-store.js until the site says that it has
   it; and the page follows what is on in the room. Without this file the same forms post, and
   Refresh shows what is on. */
(function (d) {
  var part = d.getElementById('part');
  if (!part || !window.fetch || !window.URLSearchParams || !window.roomStore) return;
  d.documentElement.classList.add('moves'); // what is said to come by itself does

  var code = part.getAttribute('data-code');
  var here = '/j/' + code;
  var store = window.roomStore(code), keep = store.keep, kept = store.kept, drop = store.drop, names = store.names;
  var POLL_MS = 2000, HIDDEN_MS = 15000, LONGEST_MS = 30000, PATIENCE_MS = 10000;
  var TYPING_MS = 60000;
  var WAITING = 'Waiting for the network. Your answer is kept on this phone.';
  var said = d.querySelector('[data-said]'), news = d.querySelector('[data-new]');
  var etag = '', known = -1, lastToken = '', isOut = false, spared = 0, isRefusal = false;
  var wanted = false, showing = false, again = false, sending = false;
  var failedPolls = 0, failedSends = 0, typedAt = 0, pollTimer, sendTimer, oldWords = '';

  function say(words) { if (said && said.textContent !== words) said.textContent = words; }
  function random() { return Math.random().toString(36).slice(2) + Date.now().toString(36); }
  function jitter(ms) { return ms * (0.5 + Math.random()); } // many phones fail at the same moment
  function backOff(first, failures) { return jitter(Math.min(LONGEST_MS, first * Math.pow(2, failures))); }

  function ask(address, options) {
    var stop = window.AbortController ? new AbortController() : null;
    var timer = setTimeout(function () { if (stop) stop.abort(); }, PATIENCE_MS);
    options.cache = 'no-store';
    options.credentials = 'same-origin';
    if (stop) options.signal = stop.signal;
    return fetch(address, options).then(
      function (answer) { clearTimeout(timer); return answer; },
      function (error) { clearTimeout(timer); throw error; }
    );
  }

  // ---- Sending ----

  function slotOf(form) {
    var key = form.querySelector('[name=key]');
    return form.getAttribute('data-send') + (key ? '-' + key.value : '');
  }

  function fieldsOf(form, button) {
    var fields = [];
    Array.prototype.forEach.call(form.elements, function (one) {
      if (!one.name || one.name === 'room' || one.disabled) return;
      if (one.type === 'submit' ? one !== button : (/radio|checkbox/.test(one.type) && !one.checked)) return;
      if (one.tagName !== 'FIELDSET') fields.push([one.name, one.value]);
    });
    return fields;
  }

  function token() {
    var field = part.querySelector('form[data-send] [name=room]');
    return field ? field.value : lastToken;
  }
  function submit(event) {
    var form = event.target;
    if (!form.hasAttribute || !form.hasAttribute('data-send')) return;
    event.preventDefault();
    var button = event.submitter || form.querySelector('button');
    var slot = slotOf(form);
    keep('send:' + slot, {
      to: form.getAttribute('action'), fields: fieldsOf(form, button), draft: draftOf(form), id: random(), at: Date.now()
    });
    drop(draftOf(form));
    Array.prototype.forEach.call(form.querySelectorAll('button[name]'), function (one) {
      if (one === button) one.setAttribute('aria-pressed', 'true'); else one.removeAttribute('aria-pressed');
    });
    var key = form.querySelector('[name=key]');
    if (key) { key.value = random(); form.reset(); } // ready for one more, on or off the network
    say(navigator.onLine === false ? WAITING : 'Sending');
    failedSends = 0;
    send();
  }

  function send() {
    clearTimeout(sendTimer);
    if (sending || isOut) return;
    var waiting = names('send:').map(function (name) { return { name: name, entry: kept(name) }; })
      .filter(function (one) { return one.entry && one.entry.to; })
      .sort(function (a, b) { return a.entry.at - b.entry.at; });
    if (!waiting.length) return;
    var name = waiting[0].name, entry = waiting[0].entry, body = new URLSearchParams();
    entry.fields.forEach(function (field) { body.append(field[0], field[1]); });
    sending = true;
    ask(entry.to, { method: 'POST', body: body, headers: { 'X-Room': token() || 'none' } })
      .then(function (answer) {
        if (answer.status === 200) return answer.json().then(function (told) { arrived(name, entry, told.note || 'Saved'); });
        if (answer.status === 403) return mustJoin();
        if (answer.status === 410) return location.replace(here);
        if (/^(400|404|409|413|422)$/.test(answer.status)) {
          return answer.json().catch(function () { return {}; }).then(function (told) {
            var isTooLate = answer.status === 409 && /^(ideas|pledge)-/.test(name.slice('send:'.length));
            arrived(name, entry, told.problem || 'This could not be saved.', told.is_yours_to_mend ? 'mend' : isTooLate ? 'late' : 'refused');
          });
        }
        throw new Error('later');
      })
      .catch(function () {
        say(WAITING);
        sendTimer = setTimeout(send, backOff(1000, failedSends));
        failedSends += 1;
      })
      .then(function () { sending = false; if (!failedSends) send(); });
  }

  // `why` is nothing for what was kept. What can be mended stays in its form; what came too late does
  // so too, for a question may be opened again.
  function arrived(name, entry, words, why) {
    var now = kept(name);
    failedSends = 0;
    if (now && now.id !== entry.id) return; // something else was pressed meanwhile: it goes next
    drop(name);
    say(words);
    isRefusal = why === 'late' || why === 'refused';
    spared = words === 'Saved' || why === 'mend' ? 0 : showing ? 2 : 1; // the page that it comes with
    if (why === 'mend' || why === 'late') keepTyped(entry);
    if (why !== 'mend') return show(true);
    restore();
  }

  // Something else may stand there by now: an idea goes below it, a pledge gives way to it.
  function keepTyped(entry) {
    var since = kept(entry.draft), fields = entry.fields.filter(function (field) { return field[0] !== 'email'; });
    if (since && since.fields) fields = since.fields.map(function (field) {
      if (field[0] !== 'text') return field;
      var texts = [field].concat(entry.fields.filter(function (one) { return one[0] === 'text'; }));
      return ['text', texts.map(function (one) { return one[1]; }).filter(Boolean).join('\n')];
    });
    keep(entry.draft, { fields: fields, at: Date.now() });
  }

  // The cookie ran out, or this phone never joined: what was pressed stays kept, and goes after.
  function mustJoin() {
    isOut = true;
    say('Join again, and your answer is sent.');
    return show(true);
  }

  // ---- Showing what is on ----

  function isTyping() {
    var one = d.activeElement;
    var isText = one && part.contains(one) && one.matches('textarea, select, input:not([type=radio]):not([type=checkbox])');
    return isText && one.value !== '' && Date.now() - typedAt < TYPING_MS;
  }

  function show(now) {
    wanted = true;
    if (showing) again = again || now;
    if (showing || (!now && isTyping())) return Promise.resolve();
    showing = true;
    return ask(here + '?part=1', {}).then(function (answer) {
      if (answer.status === 410 || answer.status === 404) return location.replace(here);
      if (!answer.ok) throw new Error('later');
      return answer.text().then(swap);
    }).catch(function () { /* the next poll asks again */ }).then(function () {
      showing = false;
      if (!again) return null;
      again = false;
      return show(true);
    });
  }

  function swap(html) {
    var fresh = new DOMParser().parseFromString(html, 'text/html').querySelector('.screen');
    var old = part.querySelector('.screen');
    if (!fresh) return;
    var isSame = old && ['data-screen', 'data-round'].every(function (name) {
      return old.getAttribute(name) === fresh.getAttribute(name);
    });
    var active = d.activeElement, had = active && part.contains(active);
    var id = had ? active.id : '', at = had && 'selectionStart' in active ? place(active) : null;
    var open = Array.prototype.map.call(part.querySelectorAll('details[open][id]'), function (one) { return one.id; });
    lastToken = token() || '';
    part.replaceChildren(fresh);
    wanted = shown() < known;
    d.title = fresh.getAttribute('data-title') + d.title.slice(d.title.lastIndexOf(' - '));
    var hasAnswered = isSame && fresh.querySelector('.yousaid') && !old.querySelector('.yousaid');
    if (isSame && !hasAnswered) open.forEach(function (one) { if (d.getElementById(one)) d.getElementById(one).open = true; });
    restore();
    if (had) focusAgain(isSame && id && d.getElementById(id), at);
    if (!isSame) { window.scrollTo(0, 0); if (news) news.textContent = 'New: ' + fresh.getAttribute('data-title'); }
    forgetWords(!isSame || (isRefusal && fresh.querySelector('form[data-send]')));
    if (oldWords && said.textContent === oldWords) say('');
    oldWords = '';
    d.dispatchEvent(new Event('room:shown'));
  }

  // A refusal is about the page that it comes with, and about none that can be answered after it.
  function forgetWords(isOld) {
    if (spared) { spared -= 1; return; }
    if (!isOld || names('send:').length) return;
    isRefusal = false;
    say('');
  }

  // room-worker.js gave us the page that this phone saw last. It says so itself until we know more,
  // and an idea that is waiting under its key must not be written over by the next one.
  function startFromKept() {
    if (!part.hasAttribute('data-kept')) return;
    oldWords = said ? said.textContent : '';
    say(''); // what is there from the beginning is read out by no screen reader
    setTimeout(function () { if (oldWords && !said.textContent) say(oldWords); }, 300);
    wanted = true;
    Array.prototype.forEach.call(part.querySelectorAll('[name=key]'), function (key) { key.value = random(); });
  }

  function shown() {
    var screen = part.querySelector('.screen');
    return Number(screen && screen.getAttribute('data-change')) || 0;
  }

  function place(field) {
    try { return [field.selectionStart, field.selectionEnd]; } catch (e) { return null; }
  }

  function focusAgain(field, at) {
    var one = field && field.offsetParent !== null ? field : part.querySelector('h1');
    if (!one) return;
    one.focus({ preventScroll: one === field });
    try { if (at && at[0] !== null && one.setSelectionRange) one.setSelectionRange(at[0], at[1]); } catch (e) { /* not a text field */ }
  }

  // ---- What was typed or ticked and not sent yet ----

  function noteDraft(event) {
    var form = event.target.closest && event.target.closest('form[data-send]');
    if (!form) return;
    typedAt = Date.now();
    holdTo(form, event.target);
    var fields = fieldsOf(form, null).filter(function (field) { return field[0] !== 'email'; });
    keep(draftOf(form), { fields: fields, at: Date.now() });
  }

  function draftOf(form) { return 'draft:' + form.getAttribute('data-send'); }

  function holdTo(form, box) {
    var most = Number(form.getAttribute('data-most'));
    if (!most || box.type !== 'checkbox' || !box.checked) return;
    if (form.querySelectorAll('input[type=checkbox]:checked').length <= most) return;
    box.checked = false;
    say('You can pick ' + most + '. Take one back first.');
  }

  function restore() {
    Array.prototype.forEach.call(part.querySelectorAll('form[data-send]'), function (form) {
      var entry = kept('send:' + slotOf(form)) || kept(draftOf(form));
      if (entry && entry.fields) fill(form, entry.fields);
    });
  }

  function fill(form, fields) {
    Array.prototype.forEach.call(form.elements, function (one) {
      var given = fields.filter(function (field) { return field[0] === one.name; }).map(function (field) { return field[1]; });
      if (one.type === 'hidden' || !one.name) return;
      if (/radio|checkbox/.test(one.type)) one.checked = given.indexOf(one.value) >= 0;
      else if (one.type === 'submit') { if (given.indexOf(one.value) >= 0) one.setAttribute('aria-pressed', 'true'); else one.removeAttribute('aria-pressed'); }
      else if (given.length) one.value = given[0];
    });
  }

  // ---- Asking what is on ----

  function poll() {
    clearTimeout(pollTimer);
    var wait = 0;
    ask(here + '/state', { headers: etag ? { 'If-None-Match': etag } : {} }).then(function (answer) {
      if (answer.status === 410 || answer.status === 404) { location.replace(here); return null; }
      if (answer.status === 304) return null;
      if (!answer.ok) { wait = Number(answer.headers.get('Retry-After')) * 1000 || 0; throw new Error('later'); }
      var tag = answer.headers.get('ETag') || '';
      return answer.json().then(function (state) {
        etag = tag;
        known = state.change;
        if (shown() < known) wanted = true;
      });
    }).then(function () {
      failedPolls = 0;
      if (wanted) show(false);
    }, function () { failedPolls += 1; }).then(function () {
      var usual = d.hidden ? HIDDEN_MS : POLL_MS;
      var after = failedPolls ? Math.max(wait, backOff(POLL_MS, failedPolls)) : usual * (0.75 + Math.random() / 2);
      pollTimer = setTimeout(poll, after);
    });
  }

  d.addEventListener('submit', submit);
  d.addEventListener('input', noteDraft);
  d.addEventListener('visibilitychange', function () {
    if (d.hidden) return;
    clearTimeout(pollTimer);
    pollTimer = setTimeout(poll, Math.random() * 500);
  });
  window.addEventListener('online', function () {
    clearTimeout(sendTimer);
    sendTimer = setTimeout(send, Math.random() * 1500);
    clearTimeout(pollTimer);
    pollTimer = setTimeout(poll, Math.random() * 2000);
  });

  store.forgetOld();
  startFromKept();
  restore();
  if (names('send:').length && part.querySelector('[data-send]')) { say(WAITING); send(); }
  if (part.querySelector('[data-round]')) pollTimer = setTimeout(poll, jitter(POLL_MS / 2));
})(document);
