/* Suggestions below every <input data-suggest="ADDRESS">: a combobox with a list, after the ARIA
   Authoring Practices. Searching works without it, and goes on as usual while it waits or fails. */
(function (d) {
  var KINDS = { title: 'Page', council: 'Council', term: 'Topic' };

  function enhance(input, n) {
    var list = d.createElement('ul'), said = d.createElement('span');
    var found = [], active = -1, timer, request, asked = '';

    list.id = 'suggest-' + n;
    list.className = 'suggest';
    list.hidden = true;
    list.setAttribute('role', 'listbox');
    list.setAttribute('aria-label', 'Suggestions');
    said.className = 'vh';
    said.setAttribute('role', 'status');
    input.parentNode.append(list, said);
    set({ role: 'combobox', 'aria-autocomplete': 'list', 'aria-expanded': 'false', 'aria-controls': list.id });

    function set(attributes) {
      for (var name in attributes) input.setAttribute(name, attributes[name]);
    }

    function mark(index) {
      active = index;
      Array.prototype.forEach.call(list.children, function (item, i) {
        item.setAttribute('aria-selected', String(i === index));
      });
      if (index < 0) input.removeAttribute('aria-activedescendant');
      else set({ 'aria-activedescendant': list.children[index].id });
    }

    function close() {
      clearTimeout(timer);
      if (request) request.abort();
      list.hidden = true;
      set({ 'aria-expanded': 'false' });
      mark(-1);
    }

    function show(suggestions) {
      found = suggestions;
      list.replaceChildren.apply(list, found.map(function (one, i) {
        var item = d.createElement('li'), kind = d.createElement('small');
        item.id = list.id + '-' + i;
        item.setAttribute('role', 'option');
        kind.textContent = KINDS[one.kind] || '';
        item.append(one.text + ' ', kind);
        return item;
      }));
      mark(-1);
      list.hidden = !found.length;
      set({ 'aria-expanded': String(!list.hidden) });
      said.textContent = found.length ? found.length + (found.length === 1 ? ' suggestion' : ' suggestions') + ', use the up and down arrows' : '';
    }

    // Never to another host, and right under whatever name the site was reached.
    function go(url) {
      var place = new URL(url, location.href);
      location.href = place.pathname + place.search;
    }

    function ask() {
      request = new AbortController();
      fetch(input.dataset.suggest + '?q=' + encodeURIComponent(asked), { signal: request.signal })
        .then(function (answer) { return answer.ok ? answer.json() : { suggestions: [] }; })
        .then(function (answer) { if (d.activeElement === input) show(answer.suggestions); })
        .catch(function () {});
    }

    input.addEventListener('input', function () {
      clearTimeout(timer);
      if (request) request.abort();
      asked = input.value.trim();
      if (asked.length < 2) { said.textContent = ''; return close(); }
      timer = setTimeout(ask, 120);
    });
    input.addEventListener('keydown', function (e) {
      if (e.key === 'Escape' && !list.hidden) { e.preventDefault(); close(); }
      if (list.hidden || e.isComposing) return;
      var step = { ArrowDown: 1, ArrowUp: -1 }[e.key], places = found.length + 1;
      if (step) { e.preventDefault(); mark((active + 1 + step + places) % places - 1); }
      if (e.key === 'Enter' && active >= 0) { e.preventDefault(); go(found[active].url); }
    });
    input.addEventListener('blur', close);
    input.form.addEventListener('submit', close);
    list.addEventListener('mousedown', function (e) { e.preventDefault(); });
    list.addEventListener('click', function (e) {
      var item = e.target.closest('li');
      if (item) go(found[Array.prototype.indexOf.call(list.children, item)].url);
    });
  }

  d.querySelectorAll('input[data-suggest]').forEach(enhance);
})(document);
