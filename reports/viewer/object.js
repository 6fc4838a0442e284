// SPDX-License-Identifier: MIT
//
// The details of one object: what is known of it, its members with their values, who refers to it, what
// it refers to and retains.

function referenceEnd(r) {
  const to = references.to[r];
  if (to === NONE) {
    return el(
      'span',
      { class: 'outside' },
      shown(references.outside[r]),
      el('span', { class: 'note' }, ' in another program'),
    );
  }
  const into = references.into[r];
  if (has(to, FLAG.text)) return objectLink(to, literalOf(to, into)); // literals share their ends
  return into ? el('span', {}, objectLink(to), ` + ${into}`) : objectLink(to);
}

function valueCell(row) {
  const { reference, text, faint } = row.value;
  if (reference !== undefined) return el('td', { class: 'value' }, referenceEnd(reference));
  return el('td', { class: faint ? 'value faint' : 'value' }, text || '');
}

function memberRow(row) {
  const name = el('td', { class: 'member' }, row.name);
  name.style.paddingLeft = `${4 + 12 * Math.min(row.depth, 12)}px`;
  const tr = el(
    'tr',
    {},
    el('td', { class: 'offset' }, row.offset),
    name,
    el('td', { class: 'type' }, row.type.replace(/ (?=[*[])/g, '\u00a0')),
    valueCell(row),
  );
  tr.classList.toggle(
    'aggregate',
    row.value.text === undefined && row.value.reference === undefined,
  );
  return tr;
}

function membersTable(object, limit) {
  const { rows, cut } = readObject(object, limit);
  const head = ['offset', 'member', 'type', 'value'].map((title) =>
    el('th', { scope: 'col', class: title }, title),
  );
  const table = el(
    'table',
    { class: 'members' },
    el('thead', {}, el('tr', {}, ...head)),
    el('tbody', {}, ...rows.map(memberRow)),
  );
  const parts = [el('div', { class: 'wide' }, table)];
  if (cut && limit < 1000) {
    const more = el('button', { class: 'more', type: 'button' }, 'Longer arrays');
    more.addEventListener('click', () =>
      more.parentElement.replaceWith(contentBlock(object, 1000)),
    );
    parts.push(more);
  }
  return parts;
}

function dumpTable(object) {
  const lines = dump(object, 512).map((line) =>
    el(
      'tr',
      {},
      el('td', { class: 'offset' }, line.offset),
      el('td', {}, line.hex),
      el('td', {}, line.text),
    ),
  );
  return el('div', { class: 'wide' }, el('table', { class: 'dump' }, el('tbody', {}, ...lines)));
}

function contentBlock(object, limit) {
  if (isCode(object)) return null;
  const stored = objects.stored[object];
  const part =
    stored && stored < objects.size[object]
      ? el('p', { class: 'note' }, `Of the content the first ${bytes(stored)} are here.`)
      : null;
  const zeros =
    stored === 0 ? el('p', { class: 'note' }, 'All zeros when the program starts.') : null;
  if (has(object, FLAG.text) && stored)
    return block('Text', null, el('p', { class: 'literal' }, literalOf(object)));
  if (shapeOf(objects.type[object]).kind !== KIND.raw)
    return block('Members', null, zeros, part, ...membersTable(object, limit));
  return block('Content', null, zeros, part, dumpTable(object));
}

// References of one object, an entry for each other end: a table may refer to one thing many times.
function endsOf(list, endOf) {
  const ends = new Map();
  for (const r of list) {
    const key = endOf(r) === NONE ? `outside ${references.outside[r]}` : endOf(r);
    const end = ends.get(key) || { r, count: 0, how: new Set() };
    end.count++;
    end.how.add(graph.links[references.how[r]]);
    ends.set(key, end);
  }
  const weight = ({ r }) => (endOf(r) === NONE ? 0 : objects.retained[endOf(r)]);
  return [...ends.values()].sort((a, b) => weight(b) - weight(a));
}

const evidence = (end) =>
  [...end.how].join(', ') + (end.count > 1 ? `, ${number(end.count)} times` : '');

function referrersBlock(object) {
  const ends = endsOf(bucket(incoming, object), (r) => references.from[r]);
  const left = objects.users[object] - ends.length;
  const make = (end) => sizeRow(objectLink(references.from[end.r]), evidence(end));
  const note =
    left > 0
      ? el('p', { class: 'note' }, `${plural(left, 'other is', 'others are')} not on this page.`)
      : null;
  const root = objects.users[object] === 0 ? el('p', { class: 'note' }, rootReason(object)) : null;
  return block('Referred to by', objects.users[object], root, ...longList(ends, make), note);
}

function rootReason(object) {
  if (isCode(object)) return 'Functions are all kept.';
  if (has(object, FLAG.lost)) return 'Nothing that is kept leads to it.';
  return has(object, FLAG.exported) ? 'Other programs may refer to it.' : 'Nothing that was read.';
}

function referencesBlock(object) {
  const ends = endsOf(bucket(outgoing, object), (r) => references.to[r]);
  if (ends.length === 0) return null;
  const make = (end) =>
    sizeRow(
      references.to[end.r] === NONE ? referenceEnd(end.r) : objectLink(references.to[end.r]),
      evidence(end),
    );
  return block('Refers to', ends.length, ...longList(ends, make));
}

function heldBlock(node) {
  const children = childrenOf(node).filter((child) => !child.self);
  if (children.length === 0) return null;
  const make = (child) =>
    child.rest === undefined
      ? sizeRow(objectLink(child.object), bytes(child.weight))
      : sizeRow(
          el('span', { class: 'note' }, `${nodeName(child)}, not on this page`),
          bytes(child.weight),
        );
  const count = children.reduce(
    (sum, child) => sum + (child.rest === undefined ? 1 : child.rest),
    0,
  );
  return block(
    node.group === undefined ? 'Retains' : 'Objects',
    count,
    ...longList(children, make),
  );
}

function heldBy(object) {
  const holder = objects.holder[object];
  if (holder !== NONE) return ['Held by', objectLink(holder)];
  if (has(object, FLAG.lost)) return ['Held by', 'nothing: it is unreachable'];
  if (isCode(object)) return null;
  return [
    'Held by',
    has(object, FLAG.exported)
      ? 'nobody alone: it is exported'
      : 'nobody alone: several ways lead to it',
  ];
}

function objectDetail(object) {
  const group = objects.group[object];
  const guest = has(object, FLAG.guest) && !isNobody(group);
  const retained = objects.retained[object];
  const section = shown(graph.sections[objects.section[object]][0]);
  return [
    el('h2', { class: 'name' }, nameOf(object)),
    el('p', { class: 'kind' }, typeOf(object)),
    facts([
      [
        'Size',
        isCode(object)
          ? `${bytes(objects.size[object])} of code, not counted`
          : bytes(objects.size[object]),
      ],
      [
        'Retained',
        `${bytes(retained)}`,
        el('span', { class: 'note' }, ` ${percent(retained, graph.total)}`),
      ],
      [
        'Module',
        moduleLink(group),
        guest ? el('span', { class: 'note' }, ' alone refers to it') : '',
      ],
      heldBy(object),
      ['Place', el('code', {}, section), ` ${hex(addressOf(object))}`],
      ['Known by', graph.evidence[objects.by[object]]],
    ]),
    contentBlock(object, 16),
    referrersBlock(object),
    referencesBlock(object),
    heldBlock({ object }),
  ];
}
