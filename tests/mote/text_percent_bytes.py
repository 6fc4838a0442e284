# the % operator of bytes and bytearray
# needs: rare
print(b'%d %s %b|%5s|%c%c|%r|%a' % (1, b'a', bytearray(b'b'), b'x', 65, b'z', 'q', 'é'), bytearray(b'<%s>') % b'x', b'%(k)s' % {b'k': b'v'})
for t, a in ((b'%s', 'a'), (b'%d', 'a'), (b'%c', 256), (b'%s', (b'a', b'b')), (b'%y', 1)):
    try:
        print(t % a)
    except Exception as e:
        print(t, type(e).__name__, e)
