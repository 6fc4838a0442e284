// SPDX-License-Identifier: MIT
//
// The page map: a cell a page, section by section, striped by whose bytes lie on it; a dot marks the
// pages that are written at load, a ring those that are when what lies on them is first used.

const pages = graph.pages.map(([addr, section, written, list]) => {
  const shares = [];
  for (let i = 0; i < list.length; i += 2) shares.push({ group: list[i], size: list[i + 1] });
  return {
    addr,
    section,
    dirty: written === 2,
    firstUse: written === 1,
    shares: shares.sort((a, b) => b.size - a.size),
  };
});

function whenWritten(page) {
  if (page.dirty) return ', written at load';
  return page.firstUse ? ', written at first use' : '';
}

const sizeOf = (page) => page.shares.reduce((sum, share) => sum + share.size, 0);

function findPage(text) {
  const found = pages.findIndex((page) => page.addr === text);
  return found === NONE && /^[0-9]+$/.test(text) && Number(text) < pages.length
    ? Number(text)
    : found;
}

// On how many pages each group lies, how many of them are dirty, and how many bytes it has there.
function pageTotals() {
  const totals = new Map();
  for (const page of pages) {
    for (const { group, size } of page.shares) {
      const total = totals.get(group) || { group, pages: 0, dirty: 0, size: 0 };
      total.pages++;
      total.dirty += page.dirty;
      total.size += size;
      totals.set(group, total);
    }
  }
  return [...totals.values()].sort((a, b) => b.size - a.size);
}

// Objects whose bytes lie on a page, by address.
function objectsOn(page) {
  const begin = BigInt(page.addr);
  const end = begin + BigInt(graph.page_size);
  let low = 0;
  let high = objectCount;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (addressOf(middle) + BigInt(objects.size[middle]) <= begin) low = middle + 1;
    else high = middle;
  }
  const found = [];
  for (; low < objectCount && addressOf(low) < end; low++) if (!isCode(low)) found.push(low);
  return found;
}

// ---------------------------------------------------------------------------- cells

// A module that was chosen and has no hue of its own stands out all the same.
function colourOf(group, chosen) {
  if (group === chosen && !hues.has(group)) return 'var(--accent)';
  if (hues.has(group)) return `oklch(var(--cell-l) var(--cell-c) ${hues.get(group)})`;
  return isNobody(group) ? 'var(--nobody)' : 'var(--grey)';
}

function stripes(page, chosen) {
  const total = sizeOf(page);
  let at = 0;
  const stops = page.shares.map(({ group, size }) => {
    const from = at;
    at += (100 * size) / total;
    return `${colourOf(group, chosen)} ${from.toFixed(1)}% ${at.toFixed(1)}%`;
  });
  return `linear-gradient(to right, ${stops.join(', ')})`;
}

function makeCell(page, index, state) {
  const cell = el('a', { class: 'cell', href: address({ page: page.addr, module: state.module }) });
  const who = page.shares
    .slice(0, 3)
    .map(({ group, size }) => `${groupName(group)} ${bytes(size)}`)
    .join(', ');
  cell.dataset.hint = `${page.addr}${whenWritten(page)}: ${who}`;
  cell.setAttribute('aria-label', cell.dataset.hint);
  cell.tabIndex = -1;
  cell.style.background = stripes(page, state.group);
  cell.classList.toggle('dirty', page.dirty);
  cell.classList.toggle('first-use', page.firstUse);
  const others = state.group !== NONE && !page.shares.some((share) => share.group === state.group);
  cell.classList.toggle('faded', others);
  cell.classList.toggle('chosen', index === state.pageIndex);
  return cell;
}

function drawPages(box, state) {
  box.className = 'pages';
  box.replaceChildren();
  graph.sections.forEach(([name], section) => {
    const cells = pages.map((page, i) => [page, i]).filter(([page]) => page.section === section);
    if (cells.length === 0) return;
    const dirty = cells.filter(([page]) => page.dirty).length;
    const size = cells.reduce((sum, [page]) => sum + sizeOf(page), 0);
    const count = plural(cells.length, 'page', 'pages');
    const written = dirty ? `, ${number(dirty)} written at load` : '';
    box.append(el('h2', {}, el('code', {}, shown(name)), ` ${bytes(size)}, ${count}${written}`));
    box.append(
      el('div', { class: 'cells' }, ...cells.map(([page, i]) => makeCell(page, i, state))),
    );
  });
  if (pages.length === 0)
    box.append(el('p', { class: 'empty' }, 'There is no data in this program.'));
}
