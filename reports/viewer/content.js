// SPDX-License-Identifier: MIT
//
// The content of an object read by its type: a list of rows {depth, offset, name, type, value}. A value
// is text, or a reference. Only what is looked at is read; however types are nested, a list ends.

const KIND = Object.fromEntries(
  [
    'raw',
    'unsigned',
    'signed',
    'float',
    'char',
    'signedChar',
    'bool',
    'pointer',
    'enum',
    'array',
    'record',
    'union',
  ].map((name, i) => [name, i]),
); // as enum rep_shape_kind has them
const ROWS_MAX = 2000;

function decode(text) {
  const binary = atob(text);
  const out = new Uint8Array(binary.length);
  for (let i = 0; i < out.length; i++) out[i] = binary.charCodeAt(i);
  return out;
}

const content = decode(graph.bytes);
const contentStart = new Uint32Array(objectCount + 1);
objects.stored.forEach((size, i) => {
  contentStart[i + 1] = contentStart[i] + size;
});

function contentOf(object) {
  return new DataView(content.buffer, contentStart[object], objects.stored[object]);
}

// -------------------------------------------------------------------------- shapes

const shapeOf = (id) => {
  const [name, kind, size, element, parts] = graph.shapes[id];
  return { id, name, kind, size, element, parts };
};

// An array of unknown length goes on to the end of what holds it.
function elementCount(shape, room) {
  const size = shapeOf(shape.element).size;
  return size ? Math.floor(Math.min(shape.size || room, room) / size) : 0;
}

function shapeName(id, room) {
  const shape = shapeOf(id);
  const name = shown(shape.name);
  return shape.kind === KIND.array && name.endsWith('[]')
    ? `${name.slice(0, -2)}[${elementCount(shape, shape.size || room)}]`
    : name;
}

// -------------------------------------------------------------------------- numbers

// An unsigned number of any width, as BigInt.
function readNumber(view, at, size) {
  let value = 0n;
  for (let i = 0; i < size; i++) {
    const from = graph.big_endian ? at + i : at + size - 1 - i;
    value = (value << 8n) | BigInt(view.getUint8(from));
  }
  return value;
}

// Bits are counted as the machine stores them: from the low end of little endian words.
function readBits(view, bitOffset, bitSize) {
  const first = Math.floor(bitOffset / 8);
  const end = Math.ceil((bitOffset + bitSize) / 8);
  if (end > view.byteLength || bitSize > 64) return null;
  const shift = graph.big_endian ? end * 8 - bitOffset - bitSize : bitOffset - first * 8;
  return (readNumber(view, first, end - first) >> BigInt(shift)) & ((1n << BigInt(bitSize)) - 1n);
}

function readFloat(view, at, size) {
  if (size === 4) return view.getFloat32(at, !graph.big_endian);
  return size === 8 ? view.getFloat64(at, !graph.big_endian) : null;
}

// A number of a shape as text.
function spell(shape, raw, bitSize) {
  const signed = BigInt.asIntN(bitSize, raw);
  switch (shape.kind) {
    case KIND.signed:
      return signed.toString();
    case KIND.bool:
      return raw === 0n ? 'false' : 'true';
    case KIND.char:
    case KIND.signedChar: {
      const plain = raw >= 32n && raw < 127n;
      if (plain) return `'${String.fromCharCode(Number(raw))}' ${raw}`;
      return shape.kind === KIND.signedChar ? signed.toString() : raw.toString();
    }
    case KIND.enum: {
      const same = (part) => BigInt.asUintN(bitSize, BigInt(part[1])) === raw;
      const part = shape.parts.find(same);
      return part ? `${shown(part[0])} (${BigInt(part[1])})` : raw.toString();
    }
    default:
      return raw.toString();
  }
}

// ---------------------------------------------------------------------------- text

// Bytes that are text up to a zero, or null.
function textAt(view, at, size) {
  let text = '';
  for (let i = at; i < at + size; i++) {
    const c = view.getUint8(i);
    if (c === 0) {
      for (let rest = i; rest < at + size; rest++) if (view.getUint8(rest)) return null;
      break;
    }
    if (c < 9 || (c > 13 && c < 32) || c > 126) return null;
    text += String.fromCharCode(c);
  }
  return text;
}

const quote = (text) => `"${shown(text.replace(/[\\"]/g, '\\$&'))}"`;

// A string literal from a place on, as far as it was kept.
function literalOf(object, from = 0) {
  const view = contentOf(object);
  const length = Math.min(view.byteLength, objects.size[object] - 1);
  const part = new Uint8Array(
    view.buffer,
    view.byteOffset + Math.min(from, length),
    Math.max(length - from, 0),
  );
  const more = objects.size[object] - 1 > length;
  return quote(new TextDecoder().decode(part)) + (more ? '...' : '');
}

// ---------------------------------------------------------------------------- rows

// Reads one object: rows of its members, at most `limit` elements of each array.
class Reader {
  constructor(object, limit) {
    this.view = contentOf(object);
    this.size = objects.size[object];
    this.limit = limit;
    this.rows = [];
    this.cut = false; // not all was shown
    this.places = new Map(); // offset -> reference
    for (const r of bucket(outgoing, object)) this.places.set(references.place[r], r);
  }

  add(depth, at, name, type, value) {
    if (this.rows.length < ROWS_MAX) this.rows.push({ depth, offset: at, name, type, value });
    else this.cut = true;
    return this.rows.length < ROWS_MAX;
  }

  // What lies at a place, when it is of one piece.
  scalar(shape, at) {
    if (this.view.byteLength === 0) return { text: '0', zero: true };
    if (shape.size === 0 || at + shape.size > this.view.byteLength)
      return { text: '...', faint: true };
    if (shape.kind === KIND.float) {
      const value = readFloat(this.view, at, shape.size);
      if (value !== null) return { text: String(value) };
    }
    const raw = readNumber(this.view, at, Math.min(shape.size, 16));
    if (shape.kind === KIND.pointer)
      return { text: raw === 0n ? 'NULL' : hex(raw), faint: raw === 0n };
    if (shape.kind === KIND.raw || shape.kind === KIND.float) return { text: hex(raw) };
    return { text: spell(shape, raw, shape.size * 8) };
  }

  bits(shape, bitOffset, bitSize) {
    if (this.view.byteLength === 0) return { text: '0', zero: true };
    const raw = readBits(this.view, bitOffset, bitSize);
    return raw === null ? { text: '...', faint: true } : { text: spell(shape, raw, bitSize) };
  }

  read(id, at, name, depth) {
    const shape = shapeOf(id);
    const type = shapeName(id, this.size - at);
    if (this.places.has(at) && (shape.kind === KIND.pointer || shape.kind < KIND.array)) {
      return this.add(depth, at, name, type, { reference: this.places.get(at) });
    }
    if (shape.kind === KIND.array) return this.array(shape, at, name, type, depth);
    if (shape.kind >= KIND.record) return this.record(shape, at, name, type, depth);
    return this.add(depth, at, name, type, this.scalar(shape, at));
  }

  record(shape, at, name, type, depth) {
    if (!this.add(depth, at, name, type, {})) return false;
    for (const [member, id, bitOffset, bitSize] of shape.parts) {
      const offset = at + Math.floor(bitOffset / 8);
      const going = bitSize
        ? this.add(
            depth + 1,
            offset,
            `${shown(member)} : ${bitSize}`,
            shapeName(id, 0),
            this.bits(shapeOf(id), at * 8 + bitOffset, bitSize),
          )
        : this.read(id, offset, shown(member), depth + 1);
      if (!going) return false;
    }
    return true;
  }

  array(shape, at, name, type, depth) {
    const count = elementCount(shape, Math.max(this.size - at, 0));
    const element = shapeOf(shape.element);
    const end = at + count * element.size;
    const small = element.size === 1 && element.kind !== KIND.bool && count > 0;
    const text = small && end <= this.view.byteLength ? textAt(this.view, at, count) : null;
    if (text) return this.add(depth, at, name, type, { text: quote(text) });
    if (!this.add(depth, at, name, type, {})) return false;
    const some = Math.min(count, this.limit);
    for (let i = 0; i < some; i++) {
      if (!this.read(shape.element, at + i * element.size, `[${i}]`, depth + 1)) return false;
    }
    if (some < count) {
      this.cut = true;
      return this.add(depth + 1, at + some * element.size, `[${some} to ${count - 1}]`, '', {
        text: '...',
        faint: true,
      });
    }
    return true;
  }
}

// The rows of an object's members; those of a plain value are one row.
function readObject(object, limit) {
  const reader = new Reader(object, limit);
  reader.read(objects.type[object], 0, '', 0);
  const [first, ...members] = reader.rows;
  for (const row of members) row.depth--;
  return { rows: members.length ? members : [first], cut: reader.cut };
}

// Bytes whose type is not known: {offset, hex, text} by lines.
function dump(object, most) {
  const view = contentOf(object);
  const lines = [];
  for (let at = 0; at < Math.min(view.byteLength, most); at += 8) {
    const line = Array.from({ length: Math.min(8, view.byteLength - at) }, (_, i) =>
      view.getUint8(at + i),
    );
    lines.push({
      offset: at,
      hex: line.map((c) => c.toString(16).padStart(2, '0')).join(' '),
      text: line.map((c) => (c >= 32 && c < 127 ? String.fromCharCode(c) : '.')).join(''),
    });
  }
  return lines;
}
