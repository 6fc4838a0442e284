// SPDX-License-Identifier: MIT
//
// The details of everything else: all objects, a module, a search, the map of pages, one page.

// -------------------------------------------------------------------------- modules

const moduleRows = new Map((report.rows || []).map((row) => [row.name, row]));
const COLUMNS = [
  ['own', 'what its units define'],
  ['only', 'literals and constants that only it refers to'],
  ['shared', 'its part of those that several refer to'],
  ['size', 'the three together'],
  ['retained', 'what would leave with all of it'],
];

function moduleDetail(group) {
  const row = moduleRows.get(graph.groups[group]);
  const total = pageTotals().find((entry) => entry.group === group);
  const known = row ? COLUMNS.filter(([key]) => Number.isInteger(row[key])) : [];
  return [
    el('h2', { class: 'name' }, groupName(group)),
    el('p', { class: 'kind' }, isNobody(group) ? 'of no module' : 'module'),
    facts([
      [
        'In the map',
        `${bytes(groupWeights[group])}`,
        el('span', { class: 'note' }, ' what hangs below it'),
      ],
      ...known.map(([key, meaning]) => [
        key[0].toUpperCase() + key.slice(1),
        bytes(row[key]),
        el('span', { class: 'note' }, ` ${meaning}`),
      ]),
      total
        ? [
            'Pages',
            el(
              'a',
              { href: address({ page: '', module: graph.groups[group] }) },
              number(total.pages),
            ),
            el(
              'span',
              { class: 'note' },
              total.dirty ? ` ${number(total.dirty)} written at load` : '',
            ),
          ]
        : null,
    ]),
    heldBlock({ group }),
  ];
}

function allDetail() {
  const shownCount =
    objects.name.length - objects.flags.filter((flags) => flags & FLAG.code).length;
  const left = graph.left_out
    ? ` The ${number(graph.left_out)} that retain least are summed up.`
    : '';
  const make = ({ group, weight }) =>
    sizeRow(moduleLink(group), bytes(weight), percent(weight, graph.total));
  const notes = [
    ...(report.notes || []).map(shown),
    ...(report.doubt_total
      ? [
          `${plural(report.doubt_total, 'doubt', 'doubts')}: damaged or missing input that was passed over`,
        ]
      : []),
  ];
  return [
    el('h2', {}, `${bytes(graph.total)} of data`),
    el('p', { class: 'kind' }, `${plural(shownCount, 'object', 'objects')} on this page.${left}`),
    el(
      'p',
      { class: 'lead' },
      'An object retains what nothing leads to without it: the bytes that would leave with it. ' +
        'Areas are retained bytes; open a tile to see what it holds.',
    ),
    block('Modules', groupsByWeight.length, ...longList(groupsByWeight, make)),
    notes.length
      ? block(
          'Notes',
          null,
          el('ul', { class: 'notes' }, ...notes.map((note) => el('li', {}, note))),
        )
      : null,
  ];
}

// --------------------------------------------------------------------------- search

function searchDetail(text) {
  const found = search(text);
  const size = (object) =>
    isCode(object) && !objects.retained[object] ? '' : bytes(objects.retained[object]);
  const make = (object) => sizeRow(objectLink(object), size(object), typeOf(object));
  const empty = el(
    'p',
    { class: 'note' },
    'Nothing is called so. Names, types and modules are looked through.',
  );
  return [
    el('h2', {}, `${number(found.length)} found`),
    el('p', { class: 'kind' }, quote(text)),
    ...(found.length ? longList(found, make) : [empty]),
  ];
}

// ---------------------------------------------------------------------------- pages

function pagesDetail(group) {
  const dirty = pages.filter((page) => page.dirty).length;
  const later = pages.filter((page) => page.firstUse).length;
  const totals = pageTotals();
  const make = (total) => {
    const link = el(
      'a',
      {
        class: 'object',
        href: address({
          page: '',
          module: group === total.group ? null : graph.groups[total.group],
        }),
      },
      chip(total.group),
      el('span', {}, groupName(total.group)),
    );
    const row = sizeRow(
      link,
      plural(total.pages, 'page', 'pages'),
      total.dirty ? `${number(total.dirty)} written` : '',
    );
    row.classList.toggle('chosen', group === total.group);
    return row;
  };
  return [
    el('h2', {}, plural(pages.length, 'page', 'pages')),
    el(
      'p',
      { class: 'kind' },
      `of ${bytes(graph.page_size)}: ${number(dirty)} written at load${later ? `, ${number(later)} at first use` : ''}`,
    ),
    el(
      'p',
      { class: 'lead' },
      'Each cell is a page of data, striped by whose bytes lie on it. A dot marks those that the loader ' +
        'writes into, a ring those that are written at first use (zeros, counts of references): ' +
        'they are each process\u2019s own. Choose a module to see where it lies.',
    ),
    block('Modules', totals.length, ...longList(totals, make)),
  ];
}

function pageDetail(page, group) {
  const on = objectsOn(page);
  const size = sizeOf(page);
  const make = (object) => sizeRow(objectLink(object), bytes(objects.size[object]));
  const share = ({ group: own, size: part }) =>
    sizeRow(moduleLink(own), bytes(part), percent(part, size));
  return [
    el('h2', { class: 'name' }, `Page ${page.addr}`),
    el(
      'p',
      { class: 'kind' },
      page.dirty || page.firstUse
        ? `${whenWritten(page).slice(2)}: each process has its own`
        : 'not written at load',
    ),
    facts([
      ['Section', el('code', {}, shown(graph.sections[page.section][0]))],
      ['Data', bytes(size)],
      [
        'Map',
        el(
          'a',
          { href: address({ page: '', module: group === NONE ? null : graph.groups[group] }) },
          'all pages',
        ),
      ],
    ]),
    block('Whose bytes', page.shares.length, ...longList(page.shares, share)),
    block('Objects', on.length, ...longList(on, make)),
  ];
}
