// SPDX-License-Identifier: MIT
//
// The treemap: squarified rows (Bruls, Huizing and van Wijk 2000), two levels at a time. Thirty lines do
// what is needed of a layout here, so no library is brought along. Tiles are links: the browser gives
// them focus, history and a place in the address.

const TILE_MIN = 30; // square pixels: smaller ones are summed up
const LABEL_HEIGHT = 18;

// --------------------------------------------------------------------------- layout

// How far from square the flattest of a row is, when the row lies along `side`.
function flatness(sum, least, most, side) {
  const area = sum * sum;
  const length = side * side;
  return Math.max((length * most) / area, area / (length * least));
}

// Gives every item (largest first, `area` in square pixels) its rectangle.
function squarify(items, rect) {
  let { x, y, width, height } = rect;
  for (let at = 0; at < items.length;) {
    const side = Math.min(width, height);
    let end = at;
    let sum = 0;
    let worst = Infinity;
    while (end < items.length) {
      const next = flatness(sum + items[end].area, items[end].area, items[at].area, side);
      if (next > worst) break;
      worst = next;
      sum += items[end++].area;
    }
    const depth = side ? sum / side : 0;
    const upright = width >= height; // the row stands at the left
    let along = upright ? y : x;
    for (; at < end; at++) {
      const length = depth ? items[at].area / depth : 0;
      items[at].rect = upright
        ? { x, y: along, width: depth, height: length }
        : { x: along, y, width: length, height: depth };
      along += length;
    }
    if (upright) {
      x += depth;
      width -= depth;
    } else {
      y += depth;
      height -= depth;
    }
  }
}

// The nodes that are large enough for a tile, and one for the others.
function fit(nodes, rect) {
  const total = nodes.reduce((sum, node) => sum + node.weight, 0);
  const scale = total ? (rect.width * rect.height) / total : 0;
  const large = [];
  const others = { rest: 0, weight: 0, noun: SMALLER.object };
  for (const node of nodes) {
    if (node.rest === undefined && node.weight * scale >= TILE_MIN) {
      large.push(node);
      continue;
    }
    others.rest += node.rest === undefined ? 1 : node.rest;
    others.noun = node.noun || (node.group === undefined ? SMALLER.object : SMALLER.module);
    others.weight += node.weight;
  }
  if (others.weight * scale >= TILE_MIN) large.push(others);
  const items = large.sort(heavier).map((node) => ({ node, area: node.weight * scale }));
  squarify(items, rect);
  return items;
}

// ---------------------------------------------------------------------------- tiles

function nodeName(node) {
  if (node.rest !== undefined) return plural(node.rest, ...node.noun);
  if (node.self) return 'itself';
  if (node.group !== undefined) return groupName(node.group);
  return node.object === undefined ? 'All objects' : nameOf(node.object);
}

function hintOf(node) {
  const size = `${bytes(node.weight)} (${percent(node.weight, graph.total)})`;
  if (node.rest !== undefined) return `${nodeName(node)}: ${size}`;
  if (node.group !== undefined) return `${groupName(node.group)}: ${size}`;
  if (node.self) return `${nameOf(node.object)} itself: ${size}`;
  const own = isCode(node.object)
    ? 'function'
    : `${bytes(objects.size[node.object])} itself, ${typeOf(node.object)}`;
  return `${nameOf(node.object)} retains ${size}; ${own}`;
}

function makeTile(node, rect, group) {
  const leads = node.rest === undefined && !node.self;
  const tile = el(leads ? 'a' : 'div', { class: 'tile', 'data-hint': hintOf(node) });
  if (leads) {
    tile.href = addressOfNode(node);
    tile.tabIndex = -1;
  }
  tile.style.left = `${rect.x}px`;
  tile.style.top = `${rect.y}px`;
  tile.style.width = `${Math.max(rect.width - 1, 1)}px`;
  tile.style.height = `${Math.max(rect.height - 1, 1)}px`;
  paint(tile, group);
  tile.classList.toggle('rest', node.rest !== undefined);
  tile.classList.toggle('self', node.self === true);
  tile.classList.toggle('code', node.object !== undefined && isCode(node.object));
  if (rect.width > 34 && rect.height > 15) {
    const size = el('small', {}, bytes(node.weight));
    tile.append(el('span', { class: 'label' }, el('b', {}, nodeName(node)), size));
    tile.classList.toggle('low', rect.height < 34);
    tile.classList.toggle('narrow', rect.width < 110);
    tile.classList.toggle('slim', rect.width < 72);
  }
  return tile;
}

function groupOf(node, otherwise) {
  if (node.group !== undefined) return node.group;
  return node.object !== undefined ? objects.group[node.object] : otherwise;
}

function drawLevel(box, nodes, rect, group, depth) {
  for (const { node, rect: place } of fit(nodes, rect)) {
    const own = groupOf(node, group);
    const tile = makeTile(node, place, own);
    box.append(tile);
    const inner = {
      x: 2,
      y: LABEL_HEIGHT,
      width: place.width - 5,
      height: place.height - LABEL_HEIGHT - 3,
    };
    if (
      depth === 0 ||
      node.self ||
      node.rest !== undefined ||
      inner.width < 40 ||
      inner.height < 24
    )
      continue;
    const children = childrenOf(node);
    if (children.length === 0) continue;
    tile.classList.add('holds');
    const below = el('div', { class: 'inner' });
    drawLevel(below, children, inner, own, depth - 1);
    box.append(placeOver(below, place));
  }
}

// A link must not lie in a link: what is inside lies over its tile.
function placeOver(element, place) {
  element.style.left = `${place.x}px`;
  element.style.top = `${place.y}px`;
  return element;
}

function drawTreemap(box, node) {
  const rect = { x: 0, y: 0, width: box.clientWidth, height: box.clientHeight };
  const children = childrenOf(node);
  const group = groupOf(node, NONE);
  box.replaceChildren();
  box.className = 'treemap';
  if (children.length === 0) {
    const lone = { ...node, self: true, weight: objects.size[node.object] };
    box.append(makeTile(lone, rect, group));
    const text = isCode(node.object)
      ? 'A function: nothing is there because of it alone.'
      : 'Holds nothing else: it leaves alone.';
    box.append(el('p', { class: 'empty' }, text));
    return;
  }
  drawLevel(box, children, rect, group, 1);
}
