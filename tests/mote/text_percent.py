# the % operator of str and bytes
print('%d %i %u|%5d|%-5d|%05d|%+d|% d|%.3d' % (1, 2, 3, 4, 5, 6, 7, 8, 9), '%x %X %#x %o %#o' % (255, 255, 255, 8, 8))
print('%s %r %a|%5s|%-5s|%.2s|%c%c' % ('a', 'b', 'é', 'x', 'y', 'abc', 65, 'z'), '%%', '%d%%' % 5, '%*d|%-*d|%.*d' % (5, 1, 4, 2, 3, 4))
print('%(a)s %(b)05d' % {'a': 1, 'b': 2}, '%s' % [1, 2], '%s %s' % ('a', (1,)), '%s' % {}, 'x' % {}, 'x' % [], '%d' % True)
print('%d' % 10 ** 3, '%x' % -255, '%#06x' % 255, '%20s|' % 'é€', '%s' % None)
print(b'%d %s %b|%5s|%c%c|%r|%a' % (1, b'a', bytearray(b'b'), b'x', 65, b'z', 'q', 'é'), bytearray(b'<%s>') % b'x', b'%(k)s' % {b'k': b'v'})
cases = [('%d', 'a'), ('%x', 'a'), ('%c', 'ab'), ('%c', -1), ('%', 1), ('%y', 1), ('%(a)d', 1), ('%(a', {}), ('%(a)d', {'b': 1}), ('%s', ()), ('%s', (1, 2)), ('a', 1),
         ('%*d', ('a', 1)), ('%s %s', ('a',)), (b'%s', 'a'), (b'%d', 'a'), (b'%c', 256), (b'%s', (b'a', b'b')), (b'%y', 1)]
for t, a in cases:
    try:
        print(t % a)
    except Exception as e:
        print(t, type(e).__name__, e)
