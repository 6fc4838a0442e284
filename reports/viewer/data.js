// SPDX-License-Identifier: MIT
//
// What the page knows: the data as tare wrote it, and what is looked up in it. Objects are numbers;
// columns (graph.objects.size[i]) hold what is known of them. Nothing here touches the document.
'use strict';

const { report, graph } = JSON.parse(document.getElementById('data').textContent);
const objects = graph.objects;
const references = graph.references;
const objectCount = objects.name.length;
const NONE = -1;
const FLAG = { code: 1, exported: 2, lost: 4, guest: 8, text: 16 };

// ------------------------------------------------------------------------- numbers

// Numbers 0 .. keys.length - 1 by key, one bucket behind the other; keys of NONE are in none.
function bucketsOf(keys, count) {
  const first = new Uint32Array(count + 1);
  for (const key of keys) if (key !== NONE) first[key + 1]++;
  for (let i = 0; i < count; i++) first[i + 1] += first[i];
  const items = new Uint32Array(first[count]);
  const at = first.slice();
  keys.forEach((key, i) => {
    if (key !== NONE) items[at[key]++] = i;
  });
  return { first, items };
}

function bucket(buckets, key) {
  return buckets.items.subarray(buckets.first[key], buckets.first[key + 1]);
}

const outgoing = bucketsOf(references.from, objectCount);
const incoming = bucketsOf(references.to, objectCount);
const held = bucketsOf(objects.holder, objectCount);
const topOf = bucketsOf(
  objects.holder.map((holder, i) => (holder === NONE ? objects.group[i] : NONE)),
  graph.groups.length,
);

const has = (object, flag) => (objects.flags[object] & flag) !== 0;
const isCode = (object) => has(object, FLAG.code);

// --------------------------------------------------------------------------- names

// What is no UTF-8, moves the cursor or reorders text, as tare's text shows it. A byte XX that was no
// UTF-8 arrives as the character f7XX.
const UNSEEN = /[\p{Cc}\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\uf780-\uf7ff]/gu;

function shown(text) {
  return text.replace(UNSEEN, (c) => {
    const code = c.charCodeAt(0);
    if (c === '\n') return '\\n';
    if (c === '\t') return '\\t';
    if (code < 0x80 || code >= 0xf780) return `\\x${(code & 0xff).toString(16).padStart(2, '0')}`;
    return `\\u${code.toString(16).padStart(4, '0')}`;
  });
}

const nameOf = (object) => shown(objects.name[object]);
const groupName = (group) => shown(graph.groups[group]);
// Names in brackets stand for nobody.
const isNobody = (group) => group === NONE || graph.groups[group].startsWith('[');

function typeOf(object) {
  if (isCode(object)) return 'function';
  if (has(object, FLAG.text)) return 'string literal';
  return objects.type[object]
    ? shapeName(objects.type[object], objects.size[object])
    : 'type not known';
}

// --------------------------------------------------------------------------- sizes

function bytes(count) {
  if (count < 1024) return `${count} B`;
  const units = ['KiB', 'MiB', 'GiB', 'TiB', 'PiB', 'EiB'];
  let unit = -1;
  let value = count;
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit++;
  }
  return `${value.toFixed(1)} ${units[unit]}`;
}

const number = (count) => count.toLocaleString('en-US');
const plural = (count, one, many) => `${number(count)} ${count === 1 ? one : many}`;
const percent = (part, whole) => (whole ? `${((100 * part) / whole).toFixed(1)}%` : '');

function addressOf(object) {
  const base = BigInt(graph.sections[objects.section[object]][1]);
  return base + BigInt(objects.offset[object]);
}

const hex = (value) => `0x${value.toString(16)}`;

// ---------------------------------------------------------------------------- tree

// The tree of what holds what: all > groups > objects > what they hold. A node is {object}, {group},
// {rest: number, noun} or {} for all; `weight` is what a tile's area stands for, in bytes.
const SMALLER = {
  object: ['smaller object', 'smaller objects'],
  module: ['smaller module', 'smaller modules'],
  place: ['place', 'places'],
};
const restOfObject = new Map();
const restOfGroup = new Map();
for (const [holder, group, count, size] of graph.rests) {
  if (holder === NONE) restOfGroup.set(group, { count, size });
  else restOfObject.set(holder, { count, size });
}

function heavier(a, b) {
  return b.weight - a.weight;
}

function childrenFrom(list, rest, noun) {
  const children = Array.from(list, (object) => ({ object, weight: objects.retained[object] }));
  if (rest) children.push({ rest: rest.count, noun, weight: rest.size });
  return children.filter((child) => child.weight > 0).sort(heavier);
}

const groupWeights = graph.groups.map((_, group) => {
  let weight = (restOfGroup.get(group) || { size: 0 }).size;
  for (const object of bucket(topOf, group)) weight += objects.retained[object];
  return weight;
});
const groupsByWeight = graph.groups
  .map((_, group) => ({ group, weight: groupWeights[group] }))
  .filter((node) => node.weight > 0)
  .sort(heavier);

function childrenOf(node) {
  if (node.object !== undefined) {
    const children = childrenFrom(
      bucket(held, node.object),
      restOfObject.get(node.object),
      SMALLER.object,
    );
    if (children.length && !isCode(node.object)) {
      children.push({ object: node.object, self: true, weight: objects.size[node.object] });
    }
    return children.sort(heavier);
  }
  if (node.group !== undefined) {
    const list = bucket(topOf, node.group);
    const noun = list.length === 0 && isNobody(node.group) ? SMALLER.place : SMALLER.object; // padding has no objects
    return childrenFrom(list, restOfGroup.get(node.group), noun);
  }
  return groupsByWeight;
}

// The way from the top to a node.
function pathTo(node) {
  const path = [node];
  let group = node.group;
  for (let at = node.object; at !== undefined && at !== NONE;) {
    const holder = objects.holder[at];
    if (holder === NONE) group = objects.group[at];
    else path.unshift({ object: holder });
    at = holder;
  }
  if (node.object !== undefined) path.unshift({ group });
  if (group !== undefined) path.unshift({});
  return path;
}

// --------------------------------------------------------------------------- search

// Of several that are called alike the one that retains most.
const byName = new Map();
objects.name.forEach((name, i) => {
  const known = byName.get(name);
  if (known === undefined || objects.retained[i] > objects.retained[known]) byName.set(name, i);
});

// By name, else by number; NONE.
function findObject(text) {
  if (byName.has(text)) return byName.get(text);
  return /^[0-9]+$/.test(text) && Number(text) < objectCount ? Number(text) : NONE;
}

const textsOfGroups = graph.groups.map((name) => name.toLowerCase());

// Every word must be in the name, the type or the module.
function search(text) {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  const types = new Map();
  const typeText = (object) => {
    const type = objects.type[object];
    if (!type) return typeOf(object);
    if (!types.has(type)) types.set(type, graph.shapes[type][0].toLowerCase());
    return types.get(type);
  };
  const found = [];
  for (let i = 0; i < objectCount; i++) {
    const name = objects.name[i].toLowerCase();
    const group = textsOfGroups[objects.group[i]];
    if (
      words.every(
        (word) => name.includes(word) || group.includes(word) || typeText(i).includes(word),
      )
    ) {
      found.push(i);
    }
  }
  const exact = text.toLowerCase();
  const rank = (i) => (objects.name[i].toLowerCase() === exact ? 1 : 0);
  return found.sort((a, b) => rank(b) - rank(a) || objects.retained[b] - objects.retained[a]);
}

// --------------------------------------------------------------------------- colours

// The largest modules have a hue each, the others are grey.
const HUES = [255, 45, 150, 320, 95, 200, 15, 285, 120, 65, 175, 345];
const hues = new Map();
for (const { group } of groupsByWeight) {
  if (hues.size < HUES.length && !isNobody(group)) hues.set(group, HUES[hues.size]);
}

function paint(element, group) {
  if (hues.has(group)) element.style.setProperty('--hue', hues.get(group));
  else element.classList.add(isNobody(group) ? 'nobody' : 'grey');
  return element;
}
