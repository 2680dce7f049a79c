(function (d) {
  'use strict';
  var all = function (s, e) { return Array.prototype.slice.call((e || d).querySelectorAll(s)); };
  all('.script').forEach(function (e) { e.hidden = false; });
  var blocks = all('.block'), left = d.querySelector('.clock__left'), what = d.querySelector('.clock__what');
  var ends = 0, running = null;
  var two = function (n) { return (n < 10 ? '0' : '') + n; };

  function show() {
    if (!running) return;
    var s = Math.round((ends - Date.now()) / 1000), over = s < 0, a = Math.abs(s);
    left.textContent = (over ? '+' : '') + Math.floor(a / 60) + ':' + two(a % 60);
    var title = running.querySelector('h2').textContent;
    var said = over ? 'Over time: ' + title : 'Running: ' + title;
    if (what.textContent !== said) what.textContent = said;
  }
  function run(block) {
    if (running) running.classList.remove('runs');
    running = block;
    if (!block) { what.textContent = 'No block runs.'; left.textContent = '0:00'; return; }
    block.classList.add('runs');
    ends = Date.now() + Number(block.getAttribute('data-minutes')) * 60000;
    show();
  }
  function times() {
    var m = /^(\d\d):(\d\d)/.exec(d.querySelector('[data-start]').value);
    var at = m ? Number(m[1]) * 60 + Number(m[2]) : 0;
    blocks.forEach(function (b) {
      var h = Math.floor(at / 60) % 24, minutes = ':' + two(at % 60);
      b.querySelector('[data-clock]').textContent = m ? (h % 12 || 12) + minutes + (h < 12 ? 'am' : 'pm') : h + minutes;
      at += Number(b.getAttribute('data-minutes'));
    });
  }
  function number(e) { var n = parseInt(e.value, 10); return n > 0 ? Math.min(n, 9999) : 0; }
  function sentence(box) {
    var of = function (name) { return box.querySelector('[data-count="' + name + '"]'); };
    var would = of('would'), does = of('do'), people = number(of('people')), out = box.querySelector('[data-sentence]');
    if (!would.value || !does.value) { out.textContent = ''; return; }
    var gap = Math.max(0, number(would) - number(does)), room = people ? ' of ' + people : '';
    out.textContent = number(would) + room + ' would like to. ' + number(does) + ' already do. The gap: ' + gap + '.';
  }
  d.addEventListener('click', function (e) {
    var b = e.target.closest('[data-do]'); if (!b) return;
    var what = b.getAttribute('data-do');
    if (what === 'run') return run(b.closest('.block'));
    if (what === 'pause') return run(null);
    var field = b.parentNode.querySelector('input');
    field.value = Math.min(9999, Math.max(0, number(field) + (what === 'more' ? 1 : -1)));
    var box = b.closest('[data-gap]'); if (box) sentence(box);
  });
  d.addEventListener('input', function (e) {
    if (e.target.hasAttribute('data-start')) return times();
    var box = e.target.closest('[data-gap]'); if (box) sentence(box);
  });
  setInterval(show, 250);
})(document);
