// SPDX-License-Identifier: MIT
//
// Pieces of the document, and addresses of states. Names reach the document as text only.

const SHOWN_MAX = 100; // rows of a list until more is asked for

function el(tag, properties, ...children) {
  const element = document.createElement(tag);
  for (const [key, value] of Object.entries(properties)) {
    if (value !== undefined && value !== null) element.setAttribute(key, value);
  }
  element.append(...children.filter((child) => child !== null));
  return element;
}

// The address of a state, as the fragment of a link.
function address(state) {
  const parts = Object.entries(state).filter(([, value]) => value !== undefined && value !== null);
  return `#${parts.map(([key, value]) => (value === '' ? key : `${key}=${encodeURIComponent(value)}`)).join('&')}`;
}

// A long name would make a long address; it goes by its number.
function addressOfObject(object) {
  const name = objects.name[object];
  return address({
    object: byName.get(name) === object && name.length < 200 ? name : object,
  });
}

function addressOfNode(node) {
  if (node.object !== undefined) return addressOfObject(node.object);
  return node.group === undefined ? '#' : address({ module: graph.groups[node.group] });
}

const chip = (group) => paint(el('i', { class: 'chip' }), group);

function objectLink(object, text) {
  return el(
    'a',
    { class: 'object', href: addressOfObject(object) },
    chip(objects.group[object]),
    el('span', {}, text || nameOf(object)),
  );
}

const moduleLink = (group, text) =>
  el(
    'a',
    { class: 'object', href: address({ module: graph.groups[group] }) },
    chip(group),
    el('span', {}, text || groupName(group)),
  );

// A list that grows on demand: make(item) gives a row.
function longList(items, make, tag = 'ul') {
  const list = el(tag, { class: 'list' });
  const more = el('button', { class: 'more', type: 'button' });
  let count = 0;
  const grow = () => {
    const next = Math.min(items.length, count + SHOWN_MAX);
    for (; count < next; count++) list.append(make(items[count]));
    more.textContent = `${number(items.length - count)} more`;
    more.hidden = count === items.length;
  };
  more.addEventListener('click', grow);
  grow();
  return [list, more];
}

function block(title, count, ...parts) {
  const heading = el(
    'h3',
    {},
    title,
    count === null ? null : el('span', { class: 'count' }, ` ${number(count)}`),
  );
  return el('section', { class: 'block' }, heading, ...parts);
}

const facts = (rows) =>
  el(
    'dl',
    { class: 'facts' },
    ...rows
      .filter(Boolean)
      .map(([name, ...value]) => el('div', {}, el('dt', {}, name), el('dd', {}, ...value))),
  );

const sizeRow = (link, size, note) =>
  el(
    'li',
    {},
    link,
    note ? el('span', { class: 'note' }, note) : null,
    el('span', { class: 'size' }, size),
  );
