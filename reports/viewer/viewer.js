// SPDX-License-Identifier: MIT
//
// The state of the page is the fragment of its address, so that every view can be linked to:
//
//   #                     everything
//   #module=Objects       a module          #object=NAME or number   an object
//   #search=words         a search; #object=...&search=words keeps the words in the box
//   #page                 the map of pages  #page&module=Objects     where a module lies
//   #page=0x4000          a page, by address or number

const at = (id) => document.getElementById(id);
let state = {};

function readState() {
  const text = new Map();
  for (const part of location.hash.slice(1).split('&').filter(Boolean)) {
    const [key, ...value] = part.split('=');
    try {
      text.set(key, decodeURIComponent(value.join('=')));
    } catch {
      text.set(key, value.join('='));
    }
  }
  const object = text.has('object') ? findObject(text.get('object')) : NONE;
  return {
    text,
    object,
    group: text.has('module') ? graph.groups.indexOf(text.get('module')) : NONE,
    module: text.get('module'),
    paged: text.has('page'),
    pageIndex: text.get('page') ? findPage(text.get('page')) : NONE,
    search: (text.get('search') || '').trim(),
    missing: text.has('object') && object === NONE ? text.get('object') : null,
  };
}

const nodeOf = (now) =>
  now.object !== NONE ? { object: now.object } : now.group !== NONE ? { group: now.group } : {};

// --------------------------------------------------------------------------- drawing

function detailOf(now) {
  if (now.paged && now.pageIndex !== NONE) return pageDetail(pages[now.pageIndex], now.group);
  if (now.paged) return pagesDetail(now.group);
  if (now.object !== NONE) return objectDetail(now.object);
  if (now.missing !== null) {
    return [
      el('h2', {}, 'Not on this page'),
      el('p', { class: 'kind' }, quote(now.missing)),
      el(
        'p',
        { class: 'note' },
        'No object is called so, or it was left out as one of those that retain least.',
      ),
    ];
  }
  if (now.search) return searchDetail(now.search);
  return now.group !== NONE ? moduleDetail(now.group) : allDetail();
}

function drawCrumbs(now) {
  const box = at('crumbs');
  if (now.paged) {
    const all = el('a', { href: '#page' }, 'All pages');
    box.replaceChildren(
      all,
      now.group === NONE ? '' : el('span', { 'aria-current': 'page' }, groupName(now.group)),
    );
    return;
  }
  const path = pathTo(nodeOf(now));
  box.replaceChildren(
    ...path.map((node, i) =>
      i === path.length - 1
        ? el('span', { 'aria-current': 'page' }, nodeName(node))
        : el('a', { href: addressOfNode(node) }, nodeName(node)),
    ),
  );
}

function drawMap(now) {
  const map = at('map');
  if (now.paged) drawPages(map, now);
  else drawTreemap(map, nodeOf(now));
  const first = map.querySelector('a');
  if (first) first.tabIndex = 0;
  setHint('');
}

function draw() {
  state = readState();
  drawCrumbs(state);
  drawMap(state);
  const detail = at('detail');
  detail.replaceChildren(...detailOf(state).filter(Boolean));
  detail.scrollTop = 0;
  const view = state.paged ? 'pages' : state.search && state.object === NONE ? 'search' : 'objects';
  document.body.dataset.view = view;
  at('to-objects').toggleAttribute('data-here', !state.paged);
  at('to-pages').toggleAttribute('data-here', state.paged);
  if (document.activeElement !== at('search')) at('search').value = state.search;
}

// -------------------------------------------------------------------------- handling

function setHint(text) {
  at('hint').textContent = text;
}

function showHint(event) {
  const target = event.target.closest('[data-hint]');
  setHint(target ? target.dataset.hint : '');
}

// Arrows go to the nearest tile or cell in their direction.
function moveFocus(from, key) {
  const box = from.getBoundingClientRect();
  const centre = (r) => ({ x: (r.left + r.right) / 2, y: (r.top + r.bottom) / 2 });
  const here = centre(box);
  const [dx, dy] = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[
    key
  ];
  let best = null;
  let least = Infinity;
  for (const other of at('map').querySelectorAll('a')) {
    const there = centre(other.getBoundingClientRect());
    const ahead = (there.x - here.x) * dx + (there.y - here.y) * dy;
    const aside = Math.abs((there.x - here.x) * dy) + Math.abs((there.y - here.y) * dx);
    const far = ahead + 3 * aside;
    if (other !== from && ahead > 1 && far < least) {
      best = other;
      least = far;
    }
  }
  if (best) {
    from.tabIndex = -1;
    best.tabIndex = 0;
    best.focus();
  }
  return best !== null;
}

function goUp() {
  if (state.paged) {
    location.hash = state.pageIndex !== NONE ? '#page' : '#';
    return;
  }
  const path = pathTo(nodeOf(state));
  location.hash = path.length > 1 ? addressOfNode(path[path.length - 2]) : '#';
}

function onKey(event) {
  const typing = event.target === at('search');
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === '/' && !typing) {
    at('search').select();
    event.preventDefault();
  } else if (event.key === 'Escape') {
    if (typing) at('search').blur();
    else goUp();
  } else if (typing && event.key === 'Enter') {
    const first = at('detail').querySelector('a.object');
    if (first) {
      at('search').blur();
      location.hash = first.getAttribute('href');
    }
  } else if (event.key.startsWith('Arrow') && event.target.closest('#map a')) {
    if (moveFocus(event.target.closest('a'), event.key)) event.preventDefault();
  }
}

function onSearch() {
  const text = at('search').value;
  history.replaceState(null, '', text.trim() ? address({ search: text }) : '#');
  draw();
}

function start() {
  const build = (report.builds || [])[0] || { path: '' };
  const name = shown(build.path.split('/').pop());
  document.title = `${name} - tare graph`;
  at('build').append(el('b', {}, name), el('span', {}, ` ${shown(build.arch || '')}`));
  at('build').title = shown(build.path);
  let waiting = 0;
  at('search').addEventListener('input', () => {
    clearTimeout(waiting);
    waiting = setTimeout(onSearch, 120);
  });
  document.addEventListener('keydown', onKey);
  at('map').addEventListener('mouseover', showHint);
  at('map').addEventListener('focusin', showHint);
  at('map').addEventListener('mouseleave', () => setHint(''));
  window.addEventListener('hashchange', draw);
  new ResizeObserver(() => {
    if (!state.paged) drawMap(state);
  }).observe(at('map'));
  draw();
}

start();
