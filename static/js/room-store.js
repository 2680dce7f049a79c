/* Where a participant's phone keeps what it has not sent yet, under the room and the round: on the
   phone itself, or in this page alone where the phone does not let us. */
window.roomStore = function (code) {
  var KEPT_MS = 12 * 60 * 60 * 1000;
  var mine = 'room-' + code + ':';
  var memory = {};
  var store = (function () {
    try { localStorage.setItem('room-test', '1'); localStorage.removeItem('room-test'); return localStorage; }
    catch (e) { return null; }
  })();

  function keep(name, entry) {
    memory[mine + name] = JSON.stringify(entry);
    try { if (store) store.setItem(mine + name, memory[mine + name]); } catch (e) { /* full: this page still has it */ }
  }

  function kept(name) {
    var text = memory[mine + name];
    try { if (store) text = store.getItem(mine + name) || text; } catch (e) { /* as above */ }
    try { return text ? JSON.parse(text) : null; } catch (e) { return null; }
  }

  function drop(name) {
    delete memory[mine + name];
    try { if (store) store.removeItem(mine + name); } catch (e) { /* as above */ }
  }

  function names(beginning) {
    var all = Object.keys(memory);
    try { if (store) all = all.concat(Object.keys(store)); } catch (e) { /* as above */ }
    return all.filter(function (name, i) {
      return name.indexOf(mine + beginning) === 0 && all.indexOf(name) === i;
    }).map(function (name) { return name.slice(mine.length); });
  }

  // Of whatever room: nothing stays on a phone for longer than the cookie does.
  function forgetOld() {
    if (!store) return;
    Object.keys(store).forEach(function (name) {
      if (!/^room-[^:]+:/.test(name)) return;
      var at = 0;
      try { at = JSON.parse(store.getItem(name)).at; } catch (e) { /* not ours to read: it goes */ }
      if (!(Date.now() - at < KEPT_MS)) store.removeItem(name);
    });
  }

  return { keep: keep, kept: kept, drop: drop, names: names, forgetOld: forgetOld };
};
